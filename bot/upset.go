package bot

import "regexp"

// upsetWords are how people write whom it has been made hard.
var upsetWords = regexp.MustCompile(`什么鬼|吃干饭|气死|受不了|不是人|凭什么|凭啥|骗人的|跑了[两三四五六七八几]?(?:好几)?趟|白跑|太过分|坑人|坑爹|忍无可忍|急死|要疯|推来推去|踢皮球|到底(?:要|能不能|管不管|怎么)`)

// upset reports whether a message is angry, or at its wits' end.
func upset(text string) bool { return upsetWords.MatchString(text) }

// sayUpset stands before what answers such a message: one short sentence, and
// the matter itself.
const sayUpset = "听得出您着急，咱们先把事情弄清楚。\n\n"
