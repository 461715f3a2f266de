package bot

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// A year is asked about where it is said that it was then, or where the message
// begins with it and tells of nothing that happened in it: 2020年那会儿一个月能取多少,
// not 2023年7月生的娃能领多少.
var (
	yearThen   = regexp.MustCompile(`(20\d\d)年?(?:\d{1,2}月)?(?:那会|那时|那年|那阵|那版|的时候|时候|当时|(?:那个|那版|的)?(?:老|旧)(?:的)?(?:办法|规定|政策|规矩|标准|条例|版))`)
	yearFirst  = regexp.MustCompile(`^(?:听说|请问|想问|那|到|在)*(20\d\d)年(?:以后|以前|之前|之后|起)?(.*)`)
	thenWords  = regexp.MustCompile(`那会儿?|那个?时候?|那年|那阵子?|那版|(?:那个|那版|的)?[老旧](?:的)?(?:办法|规定|政策|规矩|标准|条例|版)|当时|的时候|时候|以后|之后|以前|之前`)
	thenBeside = []string{"那会", "那时", "那年", "当时", "以后", "之后"}
	happened   = []string{"生的", "出生", "生了", "买的", "买了", "办的", "办了", "毕业", "入职", "参加工作", "交的", "交了", "结婚", "退休", "退的", "签的", "来的", "盖的", "装的", "建的", "版", "文件", "通知", "办法", "规定", "标准", "上下限", "年度"}
)

// yearMeant returns the year, other than that of a day, whose rules a question
// asks for; 0 is none.
func yearMeant(asked string, day corpus.Date) int {
	year := ""
	if m := yearThen.FindStringSubmatch(asked); m != nil {
		year = m[1]
	} else if m := yearFirst.FindStringSubmatch(asked); m != nil && (containsAny(m[0], thenBeside) || !containsAny(m[2], happened)) {
		year = m[1]
	}
	n, err := strconv.Atoi(year)
	if err != nil || strings.HasPrefix(string(day), year) {
		return 0
	}
	return n
}

// ofYear answers a question for the rules of another year from those that held,
// or will hold, then, and with today's beside them. ok is false where no year is
// meant, or the same rules hold today.
func (t *turn) ofYear(ctx context.Context, asked string, now *findings) (Reply, bool, error) {
	year := yearMeant(asked, t.day)
	if year == 0 {
		return Reply{}, false, nil
	}
	then := *t
	then.day = corpus.Date(strconv.Itoa(year) + "-07-01") // what held for most of it
	matter := strings.TrimSpace(thenWords.ReplaceAllString(editionWords.ReplaceAllString(asked, " "), " "))
	f, err := then.find(ctx, matter, then.day)
	if err != nil || len(f.hits) == 0 {
		return Reply{}, false, err
	}
	if err := then.assess(ctx, f); err != nil {
		return Reply{}, false, err
	}
	old, ok := t.endedSince(f)
	if !ok {
		return Reply{}, false, nil
	}
	heir, err := t.heir(ctx, old)
	if err != nil {
		return Reply{}, false, err
	}
	if f.Confidence < nearAt || f.Confidence < t.acc.AnswerAt && (now.Confidence < t.acc.AnswerAt || len(now.hits) == 0 || !slices.Contains(t.family(ctx, heir.ID), now.hits[0].Ref.Document)) {
		return Reply{}, false, nil // what took its place is not what answers today
	}
	holds, err := t.holds(ctx, matter, old, heir, now)
	if err != nil {
		return Reply{}, false, err
	}
	f.t, f.hits = t, append([]standingHit{old}, without(f.hits, old.Ref.Document)...)
	reply, err := t.bothTimes(ctx, f, holds, sayOfYear(year, old))
	if err == nil && !reply.isStopped() {
		reply.Reason = string(old.Validity)
	}
	return reply, true, err
}

// endedSince is the best of what was found for another day that does not hold
// today: what holds on both, as guides without a day do, may come before it.
func (t *turn) endedSince(f *findings) (standingHit, bool) {
	const among, near = 3, .7
	for _, h := range f.hits[:min(len(f.hits), among)] {
		if old := t.stand(h.Hit, h.Document); !old.Validity.Quotable() && h.Score >= near*f.hits[0].Score {
			return old, true
		}
	}
	return standingHit{}, false
}

// sayOfYear says of a rule that it is that of another year.
func sayOfYear(year int, old standingHit) string {
	if old.Validity == corpus.NotYet {
		return "这是" + strconv.Itoa(year) + "年的规定，现在还没有施行：\n"
	}
	return "这是" + strconv.Itoa(year) + "年时的规定，现在不再执行：\n"
}
