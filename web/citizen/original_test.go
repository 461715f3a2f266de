package citizen

import "testing"

// TestServedAs: what a browser would run on our origin, and what is not known,
// is a stream of bytes; all others keep their type.
func TestServedAs(t *testing.T) {
	t.Parallel()
	for mediaType, want := range map[string]string{
		"application/pdf": "", "application/ofd": "", "application/msword": "", "application/rtf": "", "application/vnd.ms-excel": "",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "", "text/csv": "", "image/png": "", "image/jpeg": "", "image/tiff": "",
		"text/html": "application/octet-stream", "multipart/related": "application/octet-stream", "image/svg+xml": "application/octet-stream",
		"application/xhtml+xml": "application/octet-stream", "": "application/octet-stream",
	} {
		if want == "" {
			want = mediaType
		}
		if got := servedAs(mediaType); got != want {
			t.Errorf("%s is served as %s", mediaType, got)
		}
	}
}
