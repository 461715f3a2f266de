package index

// wide is a piece of about twice a snippet's length around the best clause. It
// has the snippet whole, and is empty where it would begin within a table.
func (c *cutter) wide(u *Unit, snippet Span) Span {
	piece := c.window(wideRunes)
	if piece.Start >= piece.End {
		return snippet
	}
	piece.Start, piece.End = min(piece.Start, snippet.Start), max(piece.End, snippet.End)
	if u.columns(piece.Start) != nil {
		return Span{}
	}
	return piece
}
