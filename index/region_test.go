package index

import "testing"

func TestGoverns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		region, here string
		want         bool
	}{
		{"", "青岚市", true}, {"青岚市", "", true}, {"全国", "青岚市", true}, {"国家", "深圳", true},
		{"青岚市", "青岚市", true}, {"临江省", "青岚市", true}, {"临江省青岚市", "青岚市", true}, {"青岚市", "青岚市东湖县", true}, {"东湖县", "青岚市", true},
		{"青岚市东湖县", "东湖县", true}, {"东湖县", "石桥县", false}, {"青岚市东湖县", "青岚市石桥县", false}, {"白沙市", "青岚市", false},
		{"湖南省", "长沙市", true}, {"湖北省", "长沙市", false}, {"长沙", "长沙市", true}, {"株洲市", "长沙市", false}, {"深圳市", "广东省", true}, {"广州市", "深圳市", false},
		{"北京市", "北京市海淀区", true}, {"北京", "北京市", true}, {"北京市", "上海市", false}, {"北京市", "青岚市", true}, // whose province nobody knows
		{"苏州市", "苏州市昆山市", true}, {"昆山市", "苏州市昆山市", true}, {"江苏省苏州市昆山市", "昆山市", true}, {"无锡市", "苏州市昆山市", false},
		{"新乡市", "河南省新乡市", true}, {"新乡市新乡县", "新乡市", true}, {"景德镇市", "江西省", true}, {"易县", "唐县", false},
		{"内蒙古自治区", "呼和浩特市", true}, {"广西壮族自治区", "广西", true}, {"湘西土家族苗族自治州", "湖南省", true},
	} {
		if got := Governs(c.region, c.here); got != c.want {
			t.Errorf("Governs(%s, %s) = %v: %q %q", c.region, c.here, got, regionLevels(c.region), regionLevels(c.here))
		}
	}
}

func FuzzGoverns(f *testing.F) {
	f.Add("江苏省苏州市昆山市", "景德镇市")
	f.Fuzz(func(t *testing.T, region, here string) {
		if !Governs(region, region) {
			t.Fatal("a place is another than itself")
		}
		if Governs(region, here) != Governs(here, region) {
			t.Fatal("what governs one way does not the other")
		}
	})
}

func BenchmarkGoverns(b *testing.B) {
	for b.Loop() {
		Governs("江苏省苏州市昆山市", "青岚市")
	}
}

func TestWider(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		region, than string
		want         bool
	}{
		{"湖南省", "长沙市", true}, {"长沙市", "湖南省", false}, {"云川省", "青岚市", true}, {"全国", "湖南省", true}, {"青岚市", "青岚市东湖县", true},
		{"湖南省", "全国", false}, {"湖北省", "长沙市", false}, {"长沙市", "长沙市", false}, {"", "长沙市", false}, {"湖南省", "", false}, {"中国", "全国", false},
	} {
		if got := Wider(c.region, c.than); got != c.want {
			t.Errorf("Wider(%q, %q) = %v", c.region, c.than, got)
		}
	}
}
