package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// recogniseTime is how long a picture may take; a page takes two seconds.
const recogniseTime = 2 * time.Minute

// The refusals of a recognition.
const (
	noPicture   = corpus.Refusal("不是能识别文字的图片（PNG、JPEG、TIFF、BMP、WebP）")
	bigPicture  = corpus.Refusal("图片太大，不能识别文字；请缩小或拆成几张再导入")
	slowPicture = corpus.Refusal("图片的文字识别超过 2 分钟，没有读入；请录入文字")
	failed      = corpus.Refusal("图片的文字识别失败；请检查 POLICYBOT_OCR 配置的命令能否运行，或者录入文字")
)

// Recogniser has a command recognise the text of pictures, one at a time.
type Recogniser struct {
	args    []string // the program first
	timeout time.Duration
	slot    chan struct{}
}

// NewRecogniser takes a command line: tesseract {in} - -l chi_sim --psm 6.
// {in} stands for the picture's file; the text comes on standard output, in
// UTF-8. No shell reads it: words are parted by blanks, and kept together by
// quotes of either kind. The program has to be there. Its errors are for the
// person who configures it, in English.
func NewRecogniser(command string) (*Recogniser, error) {
	args, err := split(command)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return nil, errors.New("the command is empty")
	}
	if !strings.Contains(strings.Join(args[1:], "\n"), "{in}") {
		return nil, errors.New("the command has no {in}, which stands for the picture's file")
	}
	if args[0], err = exec.LookPath(args[0]); err != nil {
		return nil, fmt.Errorf("the command's program: %w", err)
	}
	return &Recogniser{args: args, timeout: recogniseTime, slot: make(chan struct{}, 1)}, nil
}

// split parts a command line into words.
func split(command string) ([]string, error) {
	var out []string
	var word strings.Builder
	var quote rune
	open := false
	for _, r := range command {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, open = r, true
		case quote == 0 && unicode.IsSpace(r):
			if open {
				out = append(out, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(r)
			open = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("the command has a %c without its end", quote)
	}
	if open {
		out = append(out, word.String())
	}
	return out, nil
}

// Text returns the text of a picture (PNG, JPEG, TIFF, BMP, WebP), a line a
// line, "" where there is none. Its errors are corpus.Refusal, or those of
// ctx.
func (r *Recogniser) Text(ctx context.Context, picture []byte) (string, error) {
	ending := pictureEnding(picture)
	switch {
	case ending == "":
		return "", noPicture
	case len(picture) > maxInput:
		return "", bigPicture
	}
	if err := turn(ctx, r.slot); err != nil {
		return "", err
	}
	defer func() { <-r.slot }()
	dir, done, err := workplace()
	if err != nil {
		return "", unusable
	}
	defer done()
	in, err := writeInput(dir, "in"+ending, picture)
	if err != nil {
		return "", err
	}
	args := make([]string, len(r.args)-1)
	for i, a := range r.args[1:] {
		args[i] = strings.ReplaceAll(a, "{in}", in)
	}
	out := &bounded{most: maxText}
	err = program{name: r.args[0], args: args, dir: dir, timeout: r.timeout, stdout: out}.run(ctx)
	switch {
	case err == nil:
		return tidy(out.text.String()), nil
	case errors.Is(err, errDeadline):
		return "", slowPicture
	case ctx.Err() != nil:
		return "", ctx.Err()
	}
	return "", failed
}

func pictureEnding(data []byte) string {
	for magic, ending := range map[string]string{"\x89PNG": ".png", "\xFF\xD8\xFF": ".jpg", "II*\x00": ".tif", "MM\x00*": ".tif", "BM": ".bmp"} {
		if bytes.HasPrefix(data, []byte(magic)) {
			return ending
		}
	}
	if len(data) > 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP" {
		return ".webp"
	}
	return ""
}

// tidy takes out the blanks that recognition puts between Chinese characters,
// empty lines and page breaks. The blank behind an article's number stays.
func tidy(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	var out []string
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' || r == '\f' || r == '\v' }) {
		if line = tidyLine(line); line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// articleNumber is 第一条 at the start of a line where it is no reference.
var articleNumber = regexp.MustCompile(`^(第[〇零一二三四五六七八九十百千\d]{1,9}(?:编|分编|章|节|条)(?:之[一二三四五六七八九十]{1,3})?)([^第、，,。；和及与至或的中所规款项以之”》）\s])`)

func tidyLine(line string) string {
	words := strings.Fields(line)
	var sb strings.Builder
	for i, w := range words {
		if i > 0 {
			last, _ := utf8.DecodeLastRuneInString(words[i-1])
			first, _ := utf8.DecodeRuneInString(w)
			if !corpus.Wide(last) && !corpus.Wide(first) {
				sb.WriteByte(' ')
			}
		}
		sb.WriteString(w)
	}
	s := sb.String()
	if len(words) > 1 {
		s = articleNumber.ReplaceAllString(s, "$1 $2")
	}
	return s
}
