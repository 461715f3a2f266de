package console

import (
	"context"

	"github.com/policybot/policybot/corpus/desk"
)

// Reset takes somebody's password, second factor, sessions and links away.
func (s *Site) Reset(ctx context.Context, p desk.Staff, by desk.Actor) error {
	if err := s.Door.Reset(ctx, p.ID, p.Name); err != nil {
		return err
	}
	return s.note(ctx, by, desk.ActionReset, "重置了"+p.Display+"（"+p.Name+"）的登录")
}

// Disable stores whether a person may sign in, and ends their sessions where
// they may not. desk.ErrLastAdmin where nobody could manage people afterwards.
func (s *Site) Disable(ctx context.Context, p desk.Staff, by desk.Actor) error {
	if err := s.Desk.People.ChangePerson(ctx, p, by); err != nil {
		return err
	}
	if !p.Disabled {
		return nil
	}
	return s.Door.Shut(ctx, p.ID)
}
