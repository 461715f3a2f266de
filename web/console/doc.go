// Package console is the staff's pages: an address of its own, everything
// below /console, rendered on the server, and working without JavaScript.
//
// # How a request goes
//
// ServeHTTP names it, sets the headers that every reply has, and looks up its
// route in one table (pages). What changes something has to come from one of
// our own pages (http.CrossOriginProtection) and within the route's bound.
// Then the session is looked up, the person, and whether one of their roles
// may use the route; only then the handler runs. Handlers return errors; one
// table (classify) gives them a status and words.
//
// # Adding a page
//
// One entry in a list that pages concatenates, with all that decides about it:
//
//	{Get, "/documents/{id}", Only(desk.Editor, desk.Reviewer), (*Site).document}
//	{Post, "/documents/{id}", Only(desk.Editor), (*Site).saveDocument, Limit(4 << 20)}
//
// A test walks the table with every role; a route that its table of
// expectations lacks fails. Whether a document or a person is theirs to see is
// not in the table: the handler asks desk, and hands on corpus.ErrNotFound.
//
// The handler gets a Visit: who it is (v.Actor()), the request, and how to
// answer:
//
//	return v.Show("document", "标题", data)      // templates/document.html defines "main", which gets data
//	return v.Again("document", "标题", data)     // the form again, with what is wrong: status 422
//	return v.Go("/documents", "已保存。")        // after a change: 303, and the words once on top of the next page
//	return corpus.ErrNotFound                    // also for what is another agency's
//	return desk.Denied("……")                    // a sentence for the person: 403
//
// Forms are made of Fields and {{template "field" .}}, which bring label,
// hint, fault and their links for screen readers; above them
// {{template "faults" .Faults}} lists what is wrong. Where a page is reached from the rail, Rail names
// its word there. One .button a page; the others are .button.plain.
//
// # Nothing typed is lost
//
// A form whose session has run out is kept for its person for an hour, the last
// of each address, and offered to be sent again once they have signed in
// (kept.go).
// Routes with Secret, which have passwords in them, are not kept; uploads are
// too large. A script that saves by itself asks for JSON (Accept:
// application/json) and gets 401 then, with "error" and "signIn": nothing is
// kept, the page has it still, and asks to sign in in another tab.
package console
