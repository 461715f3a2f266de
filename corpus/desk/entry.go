package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// The actions that the history names.
const (
	ActionOpened    = "opened"
	ActionOriginal  = "original" // looked at, or took, the file behind a revision
	ActionQuestions = "asked"    // looked at what citizens asked
	ActionUploaded  = "uploaded"
	ActionDrafted   = "drafted" // a new draft
	ActionSaved     = "saved"
	ActionConfirmed = "confirmed" // a recognised text
	ActionSubmitted = "submitted"
	ActionReturned  = "returned"
	ActionRecalled  = "recalled" // by its author
	ActionApproved  = "approved"
	ActionPublished = "published"
	ActionWithdrawn = "withdrawn"
	ActionDropped   = "dropped"
	ActionCommented = "commented"
	ActionDecided   = "decided" // about an edge
	ActionMerged    = "merged"  // made a revision of a known document
	ActionImported  = "imported"
	ActionScheduled = "scheduled"
	ActionConcern   = "concern" // a topic of public concern
	ActionPin       = "pin"     // what is said to some phrases
	ActionStop      = "stop"    // automatic answers are held back, or go on
	ActionSetting   = "setting"
	ActionPerson    = "person" // somebody was added or changed

	ActionSignedIn  = "signed-in"
	ActionSignedOut = "signed-out"
	ActionLockedOut = "locked-out" // failed to sign in too often
	ActionPassword  = "password"   // somebody's was set
	ActionSecond    = "second-factor"
	ActionReset     = "reset" // somebody's password and second factor were taken away
)

// Seeing reports whether an action only looks: it is told once a day for each
// person and thing, so that what was changed is not lost among what was seen.
func Seeing(action string) bool {
	return action == ActionOpened || action == ActionOriginal || action == ActionQuestions
}

// who is how the history names a person: it stays right when they are gone.
func (a Actor) who() string {
	if a.Display == "" || a.Display == a.Name {
		return a.Name
	}
	return a.Name + " " + a.Display
}

// Chain returns the entry with its Hash, which covers everything else in it
// and so, by Before, all entries before.
func (e Entry) Chain() Entry {
	sum := sha256.New()
	// A list of numbers and strings always encodes.
	_ = json.NewEncoder(sum).Encode([]any{
		e.Seq, e.At.UnixMilli(), e.Staff, e.Who, e.From, e.Action, e.Document, e.Revision, e.Detail, e.Before,
	})
	e.Hash = hex.EncodeToString(sum.Sum(nil))
	return e
}

// Follows says what is wrong with e as the entry after before, the zero Entry
// where e is the first; nil is nothing.
func (e Entry) Follows(before Entry) error {
	switch {
	case e.Seq != before.Seq+1:
		return fmt.Errorf("entry %d comes after entry %d: those between are missing", e.Seq, before.Seq)
	case e.Before != before.Hash:
		return fmt.Errorf("entry %d doesn't follow the entry before it", e.Seq)
	case e.Chain().Hash != e.Hash:
		return fmt.Errorf("entry %d was changed", e.Seq)
	}
	return nil
}

// Entry is what the history tells of something that a person did.
func (a Actor) Entry(action, document string, revision int, detail string) Entry {
	return Entry{Staff: a.ID, Who: a.who(), From: a.From, Action: action, Document: document, Revision: revision, Detail: detail}
}

// Describe says who a person is and what they may do: for the history.
func (s Staff) Describe() string {
	words := make([]string, len(s.Roles))
	for i, r := range s.Roles {
		words[i] = roleWords[r]
	}
	agency, state := s.Agency, ""
	if agency == "" {
		agency = "全部单位"
	}
	if s.Disabled {
		state = "，已停用"
	}
	return fmt.Sprintf("%s（%s，%s，%s%s）", s.Display, s.Name, strings.Join(words, "、"), agency, state)
}
