package citizen

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/web/page"
)

const (
	cookieName   = "policybot_chat"
	maxCharacter = 2000 // of a question

	// maxAsking bounds the questions of the chat that are answered at the
	// same time: whoever drops the cookie is a new person each time, so
	// limits by person don't hold here.
	maxAsking = 32
)

// MaxForm is the number of bytes that a form of the chat may have: a question
// of 2,000 characters, percent-encoded, with room to be told that it is too
// long.
const MaxForm = 256 << 10

const (
	tooLong = "您写得有点长，一次最多2000字。请留下最想问的一两句，再发一次。"
	crowded = "现在问的人比较多，请过一会儿再发一次。着急的话，请打12345。"
	nothing = "刚才没收到文字，请写下您的问题再发一次。"
)

type chatView struct {
	Head     page.Head
	Sample   bool
	Examples []string
	Turns    []turnView
}

type turnView struct {
	Asked  string
	Status bot.Status
	Blocks []Block
	Old    bool // a number typed now would not answer this one
}

func viewTurn(t turn, old bool) turnView {
	return turnView{Asked: t.Asked, Status: t.Status, Blocks: layOut(t.Text, t.Choices), Old: old}
}

// Chat shows the chat with what was said in this session.
func (s *Site) Chat(w http.ResponseWriter, r *http.Request) error {
	return s.chat(w, r, s.sessions.turns(person(r)))
}

func (s *Site) chat(w http.ResponseWriter, r *http.Request, turns []turn) error {
	v := chatView{Head: s.Head(r, ""), Examples: s.Examples}
	v.Head.Script, v.Head.Class = "chat.js", "chat"
	v.Head.Here = "/"
	v.Head.Description = "用平常的话问政策，回答附原文和出处。"
	v.Sample = s.Sample != nil && s.Sample(r.Context())
	for i, t := range turns {
		v.Turns = append(v.Turns, viewTurn(t, i < len(turns)-1))
	}
	html, err := s.Pages.Render("chat", v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Add("Vary", "Cookie")
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(html) // the citizen has gone: nothing to be done
	}
	return nil
}

// Ask takes a question (form field text) and answers with the whole page, or,
// where JSON is accepted, with {"html": …, "status": …, "forgotten": …}. The error is a
// *http.MaxBytesError for a body that is too large, or a fault of a template.
func (s *Site) Ask(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fmt.Errorf("%w: %w", ErrForm, err)
	}
	text := strings.ToValidUTF8(r.PostForm.Get("text"), "")
	key := s.keep(w, r)
	t := s.answer(r.Context(), key, text)
	s.sessions.add(key, t)
	if !strings.Contains(r.Header.Get("Accept"), "application/json") {
		turns := s.sessions.turns(key)
		return s.chat(w, r, turns)
	}
	html, err := s.Pages.Part("chat", "reply", viewTurn(t, false))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]any{"html": string(html), "status": string(t.Status), "forgotten": t.forgotten})
	return nil
}

// answer asks the bot, unless the text or the crowd is too large.
func (s *Site) answer(ctx context.Context, key, text string) turn {
	t := turn{Asked: strings.TrimSpace(text), Status: bot.SmallTalk}
	switch {
	case t.Asked == "":
		t.Text = nothing
		return t
	case utf8.RuneCountInString(text) > maxCharacter:
		t.Text = tooLong
		return t
	}
	q := bot.Question{Account: s.Account, Person: key, ID: rand.Text(), Kind: bot.Text, Text: text, Time: s.Now()}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	default:
		t.Status, t.Text = bot.Limited, crowded
		if alarm, ok := bot.Alarm(q); ok { // a crowd keeps no number back
			t.Status, t.Text = alarm.Status, alarm.Text
		}
		return t
	}
	reply := s.Answer(ctx, q)
	if t.forgotten = reply.Reason == bot.ReasonForgotten; t.forgotten {
		s.sessions.forget(key) // also what this page shows again
	}
	t.Status, t.Text, t.Choices = reply.Status, reply.Text, reply.Choices
	return t
}

// Forget ends the session, for the next person at the same device.
func (s *Site) Forget(w http.ResponseWriter, r *http.Request) error {
	s.sessions.forget(person(r))
	s.cookie(w, "", -1)
	http.Redirect(w, r, s.Pages.At("/"), http.StatusSeeOther)
	return nil
}

var wellFormed = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// person returns the session of a request, "" where it has none. A value that
// we might have made is taken, so that a restart does not make strangers of
// those who are in the middle of a conversation.
func person(r *http.Request) string {
	c, err := r.Cookie(cookieName)
	if err != nil || !wellFormed.MatchString(c.Value) {
		return ""
	}
	return c.Value
}

func (s *Site) keep(w http.ResponseWriter, r *http.Request) string {
	key := person(r)
	if key == "" {
		key = rand.Text()
	}
	s.cookie(w, key, int(sessionLife.Seconds()))
	return key
}

func (s *Site) cookie(w http.ResponseWriter, value string, age int) {
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: value, Path: s.Pages.At("/"), MaxAge: age,
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	})
}
