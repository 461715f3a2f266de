package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/web/citizen"
)

func press(h http.Handler, document, useful string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/d/"+document+"/verdict", strings.NewReader(url.Values{"useful": {useful}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return send(h, r, header...)
}

// A page asks whether it was of use, with a form; one browser is one voter for
// a day, and is told what became of it.
func TestVerdictOnAPage(t *testing.T) {
	t.Parallel()
	var voters, said []string
	full := false
	h := open(t, setup{judge: func(_ context.Context, person, document string, useful bool) error {
		if full {
			return citizen.ErrCrowd
		}
		voters, said = append(voters, person), append(said, document+map[bool]string{true: "+", false: "-"}[useful])
		return nil
	}})
	page := get(t, h, "/d/jinglaoka-banfa").Body.String()
	for _, want := range []string{`action="/d/jinglaoka-banfa/verdict"`, `value="yes">有用`, `value="no">没用`, "这一页对您有用吗"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	w := press(h, "jinglaoka-banfa", "no")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/d/jinglaoka-banfa?said=useless#page-voice" || len(w.Result().Cookies()) != 1 {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	c := w.Result().Cookies()[0]
	if c.Name != "policybot_voice" || !c.HttpOnly || c.MaxAge != 24*3600 {
		t.Errorf("%+v", c)
	}
	again := press(h, "jinglaoka-banfa", "yes", "Cookie", c.Name+"="+c.Value)
	if again.Code != http.StatusSeeOther || len(again.Result().Cookies()) != 0 || voters[0] != voters[1] || strings.Join(said, " ") != "jinglaoka-banfa- jinglaoka-banfa+" {
		t.Errorf("%d, %v, %v", again.Code, voters, said)
	}
	press(h, "jinglaoka-banfa", "yes", "Cookie", "policybot_voice=<script>")
	if len(voters) != 3 || voters[2] == voters[0] || strings.Contains(voters[2], "<") {
		t.Errorf("%v", voters)
	}
	if thanks := get(t, h, strings.TrimSuffix(w.Header().Get("Location"), "#page-voice")).Body.String(); !strings.Contains(thanks, "谢谢，已记下") || strings.Contains(thanks, `name="useful"`) {
		t.Error("no thanks")
	}
	if odd := get(t, h, "/d/jinglaoka-banfa?said=%3Cscript%3E").Body.String(); !strings.Contains(odd, "这一页对您有用吗") {
		t.Error("an odd address")
	}
	full = true
	if w := press(h, "jinglaoka-banfa", "yes"); !strings.Contains(w.Header().Get("Location"), "said=later") {
		t.Errorf("%v", w.Header())
	}
	for _, c := range []struct {
		document, useful string
		status           int
		header           []string
	}{
		{"jinglaoka-banfa", "maybe", 400, nil}, {"jinglaoka-banfa", "", 400, nil}, {"none", "yes", 404, nil}, {"stranger", "yes", 404, nil},
		{"jinglaoka-banfa", "yes", 403, []string{"Sec-Fetch-Site", "cross-site"}},
	} {
		if w := press(h, c.document, c.useful, c.header...); w.Code != c.status {
			t.Errorf("%s %q: %d, want %d", c.document, c.useful, w.Code, c.status)
		}
	}
	broken := open(t, setup{judge: func(context.Context, string, string, bool) error { return errors.New("secret") }})
	if w := press(broken, "jinglaoka-banfa", "yes"); w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%d", w.Code)
	}
	if none := get(t, open(t, setup{}), "/d/jinglaoka-banfa").Body.String(); strings.Contains(none, "verdict") {
		t.Error("nobody wants to know, and the page asks")
	}
}

// A page tells its corrections, and which rule held before, as one that holds
// no longer.
func TestCorrections(t *testing.T) {
	t.Parallel()
	at := func(day string) time.Time {
		d, _ := time.ParseInLocation(time.DateOnly, day, corpus.Zone)
		return d
	}
	h := open(t, setup{releases: releases{
		"jinglaoka-banfa": {
			{Revision: 4, At: at("2026-11-03"), Fields: []string{"number", "expires"}}, {Revision: 3, At: at("2026-10-01"), Text: true},
			{Revision: 2, At: at("2026-09-01")}, {Revision: 1, At: at("2024-04-01"), First: true},
		},
		"laji-banfa": {{Revision: 1, At: at("2022-01-01"), First: true}},
	}})
	page := get(t, h, "/d/jinglaoka-banfa").Body.String()
	for _, want := range []string{"更正记录", "最近2026年11月3日", "更正文号、有效期", "更正正文", "重新公开，内容没有变", "<span>2024年4月1日</span>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if other := get(t, h, "/d/laji-banfa").Body.String(); strings.Contains(other, "更正记录") {
		t.Error("nothing was corrected")
	}
}
