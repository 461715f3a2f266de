package desk

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// step is a way from one status to another.
type step struct{ from, to corpus.Status }

// ways are the steps that there are, and the role that takes each. A draft
// that was submitted comes back by its author or by a reviewer.
var ways = map[step]Role{
	{corpus.Draft, corpus.Submitted}:     Editor,
	{corpus.Draft, corpus.Dropped}:       Editor,
	{corpus.Submitted, corpus.Draft}:     Reviewer,
	{corpus.Submitted, corpus.Approved}:  Reviewer,
	{corpus.Approved, corpus.Draft}:      Reviewer,
	{corpus.Approved, corpus.Published}:  Reviewer,
	{corpus.Published, corpus.Withdrawn}: Reviewer,
}

var roleWords = map[Role]string{Editor: "编辑", Reviewer: "审核人员", Maintainer: "维护人员", Admin: "管理人员", Auditor: "审计人员"}

var stepWords = map[step]string{
	{corpus.Draft, corpus.Submitted}:     "提交审核",
	{corpus.Draft, corpus.Dropped}:       "丢弃草稿",
	{corpus.Submitted, corpus.Draft}:     "退回修改",
	{corpus.Submitted, corpus.Approved}:  "审核通过",
	{corpus.Approved, corpus.Draft}:      "退回修改",
	{corpus.Approved, corpus.Published}:  "发布",
	{corpus.Published, corpus.Withdrawn}: "撤回",
}

var statusWords = map[corpus.Status]string{
	corpus.Draft: "草稿", corpus.Submitted: "待审核", corpus.Approved: "已通过", corpus.Published: "已发布",
	corpus.Withdrawn: "已撤回", corpus.Dropped: "已丢弃",
}

// MayMove says whether a person may take a revision to another status. What
// else a step needs (a reason, a checklist, mended faults) is told by Ready.
// Errors: corpus.ErrNotFound where the person may not even see it; Denied,
// with a sentence for the person.
func MayMove(w Work, by Staff, to corpus.Status) error {
	if err := MaySee(by, w.Owned()); err != nil {
		return err
	}
	s := step{w.Revision.Status, to}
	role, known := ways[s]
	switch {
	case !known && s.from == s.to:
		return Denied("这一版已经是“" + statusWords[to] + "”了")
	case !known:
		return Denied("“" + statusWords[s.from] + "”的版本不能改为“" + statusWords[to] + "”")
	case s == step{corpus.Submitted, corpus.Draft} && by.Is(Editor) && slices.Contains(w.Authors, by.ID):
		return nil // taken back by who wrote it
	case !by.Is(role):
		return Denied("只有" + roleWords[role] + "可以" + stepWords[s])
	case to == corpus.Approved && slices.Contains(w.Authors, by.ID):
		return Denied("自己写的或自己提交的不能自己审核，请另一位审核人员来审")
	case to == corpus.Submitted && w.Hold != "":
		return Denied("文字是从图片识别的，请先对照原件看一遍，确认无误再提交")
	}
	return nil
}

// Checklist is what a reviewer has looked at.
type Checklist struct {
	Secrecy  bool `json:"secrecy"`  // 保密审查
	Accuracy bool `json:"accuracy"` // 与原件核对
	Links    bool `json:"links"`
	// Later says that the interpretation of a policy follows: its clock of
	// three working days starts with publication.
	Later bool `json:"later,omitempty"`
}

// Lacks says what every approval needs and this one has not.
func (c Checklist) Lacks() (lacks NotReady) {
	for _, x := range []struct {
		is   bool
		what string
	}{{c.Secrecy, "请确认已做保密审查"}, {c.Accuracy, "请确认已与原件核对"}, {c.Links, "请确认链接能打开"}} {
		if !x.is {
			lacks = append(lacks, x.what)
		}
	}
	return lacks
}

// Facts are what Ready judges an approval by.
type Facts struct {
	Flaws       []Flaw // of Check
	Edges       []corpus.Edge
	Interpreted bool // an interpretation is published, or approved in the same step
}

// maxReason bounds a reason, in characters.
const maxReason = 500

// Ready says what is lacking for a step that MayMove allows, nothing where
// nothing is.
func Ready(w Work, m Move, f Facts) NotReady {
	var lacks NotReady
	add := func(is bool, what string) {
		if is {
			lacks = append(lacks, what)
		}
	}
	returned := m.To == corpus.Draft && !(m.From == corpus.Submitted && slices.Contains(w.Authors, m.By.ID))
	if returned || m.To == corpus.Withdrawn {
		add(strings.TrimSpace(m.Reason) == "", "请写明原因")
	}
	add(utf8.RuneCountInString(m.Reason) > maxReason || !utf8.ValidString(m.Reason), "原因最多500个字")
	if m.To == corpus.Submitted || m.To == corpus.Approved {
		for _, flaw := range f.Flaws {
			add(flaw.Blocks, flaw.Message)
		}
	}
	if m.To != corpus.Approved {
		return lacks
	}
	lacks = append(lacks, m.Checklist.Lacks()...)
	add(slices.ContainsFunc(f.Edges, func(e corpus.Edge) bool { return e.State == corpus.Proposed }),
		"有拿不准的文件关系，请逐条采纳或否决")
	add(w.Document.Kind == corpus.Policy && !w.Backlog && !f.Interpreted && !m.Checklist.Later,
		"还没有解读：请一起审核解读，或确认发布后3个工作日内补上")
	return lacks
}
