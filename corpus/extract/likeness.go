package extract

import "unicode"

// surelyChinese is a likeness that no text reaches by chance: what is read in a
// wrong encoding is made of rare characters.
const surelyChinese = 0.2

// likeness is the share of frequent characters among the Chinese ones of the
// first 4,000, 0 to 1.
func likeness(text string) float64 {
	han, known, seen := 0, 0, 0
	for _, r := range text {
		if seen++; seen > 4000 {
			break
		}
		if r >= 0x2E80 && !unicode.IsPunct(r) {
			han++
			if frequent[r] {
				known++
			}
		}
	}
	if han == 0 {
		return 0
	}
	return float64(known) / float64(han)
}

// frequent are the most frequent characters of modern Chinese, simplified and
// traditional (after the frequency lists of Jun Da, 2004).
var frequent = func() map[rune]bool {
	known := map[rune]bool{}
	for _, r := range simplified + traditional {
		known[r] = true
	}
	return known
}()

const simplified = "" +
	"的一是不了在有和人这为中大国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得" +
	"经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社" +
	"义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通" +
	"并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九" +
	"区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证" +
	"改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传" +
	"土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史" +
	"感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包" +
	"火住调满县局照参红细引听该铁价严"

const traditional = "" +
	"這為國時來們於對會發動過說產種後學經進電裡現實兩體機當點從業應開還義間樣與關線內數麼質氣變條沒結問無軍並題黨總設長頭資邊" +
	"級圖統較將組見計別論運農幾區強決幹戰則據處隊給門規熱領東導壓爭濟階術極聯認權證採轉單風帶場車務萬達積議聲報類離華確張馬節" +
	"話溫傳許廣記觀織裝眾書復兒須際驗連斷難礦週備辦習響約勞團歷構稱準號維劃選標寫親養層卻專狀廠識適屬圓調滿縣參紅細聽該鐵價嚴"
