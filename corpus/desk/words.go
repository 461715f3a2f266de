package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// WordList keeps the words that are not to stand in what is published.
type WordList interface {
	// Words returns the list; DefaultWords until staff have changed it.
	Words(ctx context.Context) ([]Word, error)
	// EditWords has a change made to the list as it is at that instant: edit
	// returns the new list and what was done, for the history. Its error is
	// returned as it is, and nothing changes.
	EditWords(ctx context.Context, by Actor, edit func([]Word) (all []Word, done string, err error)) error
}

// The bounds of the list.
const (
	maxWords = 5000
	maxWord  = 40 // characters
	maxWhy   = 100
)

// Fault says what is wrong with a word of the list, "" where nothing is.
func (w Word) Fault() string {
	switch {
	case w.Wrong == "" || !oneLine(w.Wrong, maxWord):
		return "要找的词应为1到40个字，写在一行里"
	case !oneLine(w.Right, maxWord):
		return "改正后的词最多40个字，写在一行里"
	case w.Wrong == w.Right:
		return "改正后的词和要找的词一样"
	case !oneLine(w.Why, maxWhy):
		return "原因最多100个字，写在一行里"
	}
	return ""
}

// trimmed is the word without blanks around its parts.
func (w Word) trimmed() Word {
	w.Wrong, w.Right, w.Why = strings.TrimSpace(w.Wrong), strings.TrimSpace(w.Right), strings.TrimSpace(w.Why)
	return w
}

// put returns the list with a word in it: in the place of was, or, where that
// is "", at its end.
func put(all []Word, was string, w Word) ([]Word, error) {
	at := func(wrong string) int { return slices.IndexFunc(all, func(x Word) bool { return x.Wrong == wrong }) }
	i, same := at(was), at(w.Wrong)
	switch {
	case was != "" && i < 0:
		return nil, NotReady{"“" + shown(was) + "”已经不在清单里了，请看现在的清单"}
	case same >= 0 && (was == "" || same != i):
		return nil, NotReady{"清单里已经有“" + w.Wrong + "”了"}
	case was == "" && len(all) >= maxWords:
		return nil, NotReady{fmt.Sprintf("清单最多%d个词", maxWords)}
	}
	all = slices.Clone(all)
	if was == "" {
		return append(all, w), nil
	}
	all[i] = w
	return all, nil
}

func mayEditWords(by Actor) error {
	if !by.Is(Reviewer, Maintainer) {
		return Denied("只有审核人员和维护人员可以改用词清单")
	}
	return nil
}

// PutWord changes the word was, or adds one where was is "". Check goes by it
// from then on.
func (d *Desk) PutWord(ctx context.Context, by Actor, was string, w Word) error {
	if err := mayEditWords(by); err != nil {
		return err
	}
	w = w.trimmed()
	if fault := w.Fault(); fault != "" {
		return NotReady{fault}
	}
	return d.WordList.EditWords(ctx, by, func(all []Word) ([]Word, string, error) {
		all, err := put(all, was, w)
		done := "用词清单：加" + w.describe()
		if was != "" {
			done = "用词清单：“" + was + "”改为" + w.describe()
		}
		return all, done, err
	})
}

// DropWord takes a word out of the list.
func (d *Desk) DropWord(ctx context.Context, by Actor, wrong string) error {
	if err := mayEditWords(by); err != nil {
		return err
	}
	return d.WordList.EditWords(ctx, by, func(all []Word) ([]Word, string, error) {
		i := slices.IndexFunc(all, func(w Word) bool { return w.Wrong == wrong })
		if i < 0 {
			return nil, "", NotReady{"“" + shown(wrong) + "”已经不在清单里了"}
		}
		done := "用词清单：去掉" + all[i].describe()
		return slices.Delete(slices.Clone(all), i, i+1), done, nil
	})
}

// describe writes a word for the history.
func (w Word) describe() string {
	text := "“" + w.Wrong + "”"
	if w.Right != "" {
		text += "→“" + w.Right + "”"
	}
	if w.Blocks {
		text += "，不改不能提交"
	}
	if w.Why != "" {
		text += "（" + w.Why + "）"
	}
	return text
}

// ListWords returns the list as it stands.
func (d *Desk) ListWords(ctx context.Context, by Actor) ([]Word, error) {
	if err := d.inside(by); err != nil {
		return nil, err
	}
	return d.WordList.Words(ctx)
}
