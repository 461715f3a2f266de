package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/web/metrics"
)

const (
	alarmEvery  = 5 * time.Minute
	alarmFirst  = time.Minute    // after a start, when everything is in its place
	alarmAgain  = 24 * time.Hour // what still stands is said again
	alarmDeputy = 4 * time.Hour  // what still stands is said to the deputy, too
	// silentFor is how long nothing may be published, or answered, before that is
	// said.
	silentFor = 10 * 24 * time.Hour
	// promisedWithin is how long before a promised hour that is worth an alarm.
	promisedWithin = 30 * time.Minute
	mostLines      = 20 // of one message
)

// alarm is something that somebody outside of the console should hear of. It
// names no citizen and repeats nobody's words.
type alarm struct {
	key      string        // the same while it is the same matter
	text     string        // in plain Chinese
	patience time.Duration // it may be over by itself within that
}

// failurePatience is how long something that fails may have failed before
// anybody is told: an import leaves the index behind for a moment.
const failurePatience = 4 * time.Minute

var failureWords = map[string]string{
	metrics.NotReady: "系统出错，现在不能回答问题，请维护人员马上看", metrics.JournalFails: "问答记录写不进去，请维护人员看磁盘和日志",
	metrics.IndexBehind: "新发布的内容迟迟没有用上，请维护人员看日志", metrics.DiskFull: "服务器的数据盘快满了，请维护人员清理",
	metrics.TooSlow: "最近一小时有的回答太慢，平台会断开，请维护人员看服务器", metrics.AnswersFail: "最近一小时有不少问题因为系统出错没有答上，请维护人员看日志",
	metrics.AllRefused: "最近一小时平台发来的消息都没有收下，请维护人员核对令牌、密钥和AppID",
}

// due is how long before its end a clock is worth an alarm.
var due = map[desk.ClockKind]time.Duration{
	desk.InterpretationDue: 24 * time.Hour, desk.Unreviewed: 0, desk.Concern5h: time.Hour, desk.Concern24h: 2 * time.Hour,
	desk.Concern48h: 4 * time.Hour, desk.Expiring: 24 * time.Hour, desk.Starting: 24 * time.Hour,
}

var clockWords = map[desk.ClockKind]string{
	desk.InterpretationDue: "的解读还没有发布", desk.Unreviewed: "还没有人审核", desk.Concern5h: "：权威信息还没有发布",
	desk.Concern24h: "：新闻发布会还没有开", desk.Concern48h: "：还没有回应", desk.Expiring: "就要失效", desk.Starting: "就要施行",
}

// signs are what alarms are told by.
type signs struct {
	clocks   []desk.Clock
	bursts   []desk.Burst
	promised []desk.Pin           // holding replies whose hour has nearly come, or has passed
	changed  time.Time            // when something was last published; zero: nothing ever was
	failures []metrics.Notice     // what of this program's own citizens feel, or soon will
	answered map[string]time.Time // when accounts last answered from a document; those that never did are not in it
}

// alarmsOf says what is alarming.
func alarmsOf(now time.Time, s signs) []alarm {
	var all []alarm
	for _, f := range s.failures {
		if words, known := failureWords[f.Code]; known {
			all = append(all, alarm{key: "failure " + f.Code, text: words, patience: failurePatience})
		}
	}
	for _, b := range s.bursts {
		all = append(all, alarm{
			key: "burst " + b.Account, text: fmt.Sprintf("账号%s：%d人在短时间内问同一件事，请到控制台看，考虑先发暂时的答复", b.Account, b.Persons),
		})
	}
	for _, c := range s.clocks {
		if c.Due.Sub(now) <= due[c.Kind] {
			all = append(all, alarm{key: clockKey(c), text: "《" + oneLine(c.Title) + "》" + clockWords[c.Kind] + byWhen(c.Due, c.Late)})
		}
	}
	for _, p := range s.promised {
		if p.Until.Sub(now) <= promisedWithin {
			all = append(all, alarm{key: fmt.Sprint("promised ", p.ID), text: "暂时的答复“" + p.Words() + "”要换成正式的" + byWhen(p.Until, !p.Until.After(now))})
		}
	}
	days := func(since time.Time) int { return int(now.Sub(since).Hours() / 24) }
	if !s.changed.IsZero() && now.Sub(s.changed) > silentFor {
		all = append(all, alarm{key: "silent", text: fmt.Sprintf("已经%d天没有发布任何内容", days(s.changed))})
	}
	for _, name := range slices.Sorted(maps.Keys(s.answered)) {
		if last := s.answered[name]; now.Sub(last) > silentFor {
			all = append(all, alarm{key: "unheard " + name, text: fmt.Sprintf("账号%s已经%d天没有回答过问题，请看看是没有人问，还是收不到消息", name, days(last))})
		}
	}
	return all
}

// byWhen says when something is to be done.
func byWhen(when time.Time, late bool) string {
	at := when.In(corpus.Zone).Format("1月2日15:04")
	if late {
		return "，已超过时限（" + at + "）"
	}
	return "，" + at + "到时限"
}

// clockKey tells one clock from another: two topics may be called the same.
func clockKey(c desk.Clock) string {
	if c.Concern > 0 {
		return fmt.Sprintf("%s %d", c.Kind, c.Concern)
	}
	return string(c.Kind) + " " + c.Document
}
