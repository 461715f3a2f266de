package bot

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
)

//go:embed cues/needed.txt
var neededFile string

// need is where a complaint about one matter goes, and what to have ready.
type need struct {
	matter string // as a reply names it; "" is any
	words  []string
	who    string // who deals with it, in general
	agency string // a piece of that agency's name in the directory; "" is none
	phone  string // a number that holds in the whole country; "" is none
	bring  string
}

// anyNeed is what every complaint needs.
var anyNeed = need{bring: "时间、地点、经过和照片"}

var needs = sync.OnceValue(func() (out []need) {
	for line := range cueLines(neededFile) {
		n, err := parseNeed(line)
		if err != nil {
			panic("cues/needed.txt: " + err.Error()) // embedded: a test reads it
		}
		out = append(out, n)
	}
	return out
})

func parseNeed(line string) (need, error) {
	columns := strings.Split(line, "\t")
	if len(columns) != 6 {
		return need{}, fmt.Errorf("%q has %d columns, not 6", line, len(columns))
	}
	for i, s := range columns {
		if s == "" {
			return need{}, fmt.Errorf("%q: column %d is empty: write -", line, i+1)
		}
		if s == "-" {
			columns[i] = ""
		}
	}
	n := need{columns[0], strings.Fields(columns[1]), columns[2], columns[3], columns[4], columns[5]}
	if n.matter == "" || len(n.words) == 0 || n.bring == "" {
		return need{}, fmt.Errorf("%q lacks its matter, words or what to bring", line)
	}
	return n, nil
}

// neededFor returns the line whose words a message has most of, each counted up
// to three times; the earlier one of two.
func neededFor(text string) need {
	const often = 3
	best, most := anyNeed, 0
	for _, n := range needs() {
		sum := 0
		for _, w := range n.words {
			sum += min(often, strings.Count(text, w))
		}
		if sum > most {
			best, most = n, sum
		}
	}
	return best
}

// needOf is neededFor of what a message asks: what it tells besides names much by
// the way. In a long one a matter has to be named more than once.
func needOf(asked string) need {
	if n := neededFor(question(asked)); n.matter != "" && letters(question(asked)) <= maxStory {
		return n
	}
	n, again := neededFor(asked), 0
	for _, w := range n.words {
		again += strings.Count(asked, w)
	}
	if letters(asked) > maxStory && again < 2 {
		return anyNeed
	}
	return n
}

// matterOf is what a refusal says that it understood a question to be about:
// the matter of it that the directory knows, else the one that such words
// belong to; "" where neither is clear.
func (t *turn) matterOf(asked string) string {
	view := t.agencies()
	owners := view.Owning(asked)
	if len(owners.Agencies) > 0 && mainMatter(view, owners, owners.Agencies[0], asked) {
		return oneLine(owners.Word, 12)
	}
	return needOf(asked).matter
}

// troubles are how a question says that something went wrong, or asks who is to
// set it right.
var troubles = []string{
	"举报", "投诉", "反映", "维权", "找谁", "谁管", "归谁", "哪个部门管", "什么部门管", "谁负责", "不给", "不退", "不签", "不交", "不缴", "拖欠", "欠薪", "不发", "坏了", "漏水",
	"被骗", "骗了", "被打", "被偷", "乱收", "不管", "不处理", "不承认", "不赔", "拒绝", "太吵", "扰民", "怎么告", "起诉", "仲裁", "赔偿", "吵",
}

// wrongs are what others do to somebody who asks whom to turn to: no rule that
// speaks of the matter tells them.
var wrongs = []string{"没给我", "不给我", "没给缴", "没给交", "不给缴", "不给交", "不给上", "没给上", "收了我", "把我", "扣了我", "扣我", "赶我", "骂我", "打我", "欠我", "不退我", "凭什么", "凭啥"}

// turnsTo are how one asks whom to turn to, or why one has to bear it.
var turnsTo = []string{"找谁", "找哪", "哪里告", "去哪告", "谁管", "哪个部门", "什么部门", "怎么办", "咋办", "咋整", "凭什么", "凭啥", "能告", "可以告", "怎么告", "投诉"}

// wronged reports whether somebody asks whom to turn to with what was done to
// them, and what was found doesn't say that for certain.
func (f *findings) wronged() bool {
	const certain = .75
	return f.Confidence < certain && letters(f.asked) <= maxStory && containsAny(f.asked, wrongs) && containsAny(f.asked, turnsTo) && neededFor(f.asked).matter != ""
}

func troubled(text string) bool { return containsAny(text, troubles) || containsAny(text, wrongs) }

// complaintTo names whom to turn to with a complaint: the agency that owns its
// matter, else the one that such a matter belongs to, where the directory has
// one of that name. A complaint that names an agency may be of it, and is sent
// to none. "" is none.
func (t *turn) complaintTo(n need, asked string, f *findings) string {
	view := t.agencies()
	if view.Named(asked).Word != "" {
		return ""
	}
	if n.matter == "" {
		return t.who(asked, f)
	}
	owners := view.Owning(asked)
	if a, ok := owners.Agency(); ok && mainMatter(view, owners, a, asked) {
		return sayAgency(a, t.day)
	}
	if a, ok := dealing(view, n); ok {
		return sayAgency(a, t.day)
	}
	return ""
}
