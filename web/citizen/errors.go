package citizen

import "errors"

// ErrForm is a form that cannot be read.
var ErrForm = errors.New("citizen: form cannot be read")
