package docx

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// left counts what is left out, or was not sure.
type left struct {
	pictures, charts, files, equations, comments, notes int // how many
	hidden, prompts, doubtful, fields, struck           int // characters
	ruby, symbols, formulas                             int // places
	tocLines, tocRunes                                  int
	unlisted                                            []string // lines of the contents that the text has no heading for
	margins                                             []string // lines of headers and footers
	revised, blank                                      bool
}

// warnings says in plain Chinese what was left out.
func (l *left) warnings() []string {
	var out []string
	say := func(n int, form string, args ...any) {
		if n > 0 {
			out = append(out, fmt.Sprintf(form, args...))
		}
	}
	switch {
	case l.blank && l.pictures > 0:
		out = append(out, "文档里没有文字，只有图片；请导入文字版，或把图片上的文字录入后再导入")
	case l.blank:
		out = append(out, "文档里没有文字")
	}
	if l.revised {
		out = append(out, "文档里有修订痕迹，已按“接受全部修订”读取，请核对是否为定稿")
	}
	say(l.tocLines, "自动生成的目录（%d 行，%d 个字）没有读入，标题以正文为准", l.tocLines, l.tocRunes)
	if len(l.unlisted) > 0 {
		out = append(out, "目录里有些标题在正文里找不到，请核对："+quoted(l.unlisted))
	}
	if l.blank {
		l.pictures = 0 // said
	}
	say(l.pictures, "文档里有 %d 张图片，图片上的文字没有读入", l.pictures)
	say(l.charts, "文档里有 %d 个图表，图表上的文字没有读入", l.charts)
	say(l.files, "文档里嵌入了 %d 个文件（如 Excel 表格），没有读入；请另外导入", l.files)
	say(l.equations, "有 %d 个公式是图片或旧格式，没有读入，请核对", l.equations)
	say(l.formulas, "有 %d 个公式写成了一行文字，请核对", l.formulas)
	say(l.comments, "有 %d 条批注没有读入", l.comments)
	say(l.notes, "有 %d 条脚注或尾注在正文里没有标注，没有读入", l.notes)
	say(l.hidden, "有 %d 个字设为隐藏，没有读入", l.hidden)
	say(l.prompts, "有 %d 个字是未填写的提示文字，没有读入", l.prompts)
	say(l.doubtful, "有 %d 个字可能是未填写的提示文字，已按正文读入，请核对", l.doubtful)
	say(l.fields, "有 %d 个字在域代码里，没有读入", l.fields)
	say(l.struck, "有 %d 个字加了删除线，仍按正文读入，请核对", l.struck)
	say(l.ruby, "有 %d 处注音没有读入", l.ruby)
	say(l.symbols, "有 %d 个特殊符号无法识别，没有读入，请核对", l.symbols)
	if len(l.margins) > 0 {
		out = append(out, "页眉页脚的文字没有读入："+quoted(l.margins))
	}
	return out
}

// quoted names lines, the first of them where they are many.
func quoted(lines []string) string {
	const most = 300
	s := "“" + strings.Join(lines, "”“") + "”"
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…”等"
}
