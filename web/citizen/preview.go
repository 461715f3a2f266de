package citizen

import (
	"context"
)

// Preview returns the page of a document as this site's Documents have it, to
// stand in a frame of somebody else's: without a script, not to be found, its
// links to open elsewhere. corpus.ErrNotFound where this site doesn't show it.
func (s *Site) Preview(ctx context.Context, id string) ([]byte, error) {
	d, revision, err := s.live(ctx, id)
	if err != nil {
		return nil, err
	}
	v := s.view(ctx, d, revision, "", "")
	own := v.Head
	v.Head = s.plainHead()
	v.Head.Title, v.Head.NoIndex, v.Head.Apart = own.Title, true, true
	if v.Recognised, err = s.recognised(ctx, d.ID, revision.Number); err != nil {
		return nil, err
	}
	if v.File, err = s.file(ctx, d.ID, revision.Number); err != nil {
		return nil, err
	}
	if v.Releases, err = s.releases(ctx, d.ID); err != nil {
		return nil, err
	}
	return s.Pages.Render("document", v)
}
