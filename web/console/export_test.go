package console

import "net/http"

// AddressOf lets tests ask whom a request comes from.
func (s *Site) AddressOf(r *http.Request) string { return s.address(r) }
