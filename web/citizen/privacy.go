package citizen

import (
	"net/http"
	"time"

	"github.com/policybot/policybot/web/page"
)

type privacyView struct {
	Head               page.Head
	Days               int
	Organiser, Contact string
}

// Privacy says what is kept of citizens' messages, how long, and how they see
// and delete it.
func (s *Site) Privacy(w http.ResponseWriter, r *http.Request) error {
	v := privacyView{
		Head: s.Head(r, "隐私说明"), Days: int(s.Retention / (24 * time.Hour)),
		Organiser: s.Footer.Organiser, Contact: s.Footer.Contact,
	}
	html, err := s.Pages.Render("privacy", v)
	if err != nil {
		return err
	}
	send(w, r, html)
	return nil
}
