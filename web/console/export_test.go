package console

import (
	"context"
	"net/http"
	"time"
)

// AddressOf lets tests ask whom a request comes from.
func (s *Site) AddressOf(r *http.Request) string { return s.address(r) }

// Room lets tests take a place among the large files.
func (s *Site) Room(ctx context.Context) error { return s.room(ctx) }

// ToldOf lets tests ask what somebody is told of an error.
func ToldOf(err error) (status int, title string) {
	t := classify(err, time.Time{})
	return t.status, t.Title
}
