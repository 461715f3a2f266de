package corpus

// Readable writes a piece of a canonical text as people read it: the rows of
// tables as 项目：工本费；标准：20元, without the lines that name the columns.
// columns are those of a table that began before the piece; nil where none
// did. What is no table stays as it is.
func Readable(text string, columns []string) string { return text }
