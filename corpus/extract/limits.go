package extract

import (
	"time"

	"github.com/policybot/policybot/corpus/extract/sheet"
)

// The bounds of what is read. What a reader of one format bounds besides
// (nesting, parts, pages) stands with that reader.
const (
	MaxFile        = 32 << 20 // bytes of a file of text, a page or a sheet
	MaxBinary      = 64 << 20 // bytes of a PDF, OFD or Word file or a picture: scans are large
	MaxStream      = 2 << 30  // bytes of a JSONL file, which is read line by line
	MaxLine        = 8 << 20  // bytes of a JSONL line
	MaxText        = 4 << 20  // bytes of a document's text
	MaxFrontMatter = 64 << 10

	MaxZip        = 1 << 30 // bytes of a zip, which is read entry by entry
	maxZipEntries = 20_000  // of a zip and the zips in it
	maxUnzipped   = 2 << 30 // bytes of all entries, unpacked
	maxZipDepth   = 2       // a zip in a zip is read, one in that is not
	// maxRatio is how often smaller an entry of over ratioFrom bytes may be than
	// what it unpacks to. Texts and sheets reach 50; deflate ends at 1,032.
	maxRatio  = 300
	ratioFrom = 4 << 20

	maxRecords = 200_000 // of one sheet or list of questions

	// maxRead is how long reading one file may take by our own means, and
	// maxHelped with help from outside, which recognises scans page by page.
	// Waiting for those who take the records is not counted.
	maxRead   = time.Minute
	maxHelped = 30 * time.Minute
	// maxAbandoned is how many readings that ran out of time may still be
	// running, because a library cannot be stopped; with more, further files
	// are refused.
	maxAbandoned = 3

	maxReaders = 4  // files that are read at the same time
	readAhead  = 4  // files that may be read before their turn; each is held in memory
	batchAhead = 16 // records of one file that may wait
)

// sheetLimits are those of xlsx and CSV.
var sheetLimits = sheet.Limits{
	Rows:     200_000,
	Columns:  256,
	Cells:    4_000_000,
	Cell:     256 << 10, // Excel ends at 32,767 characters
	Text:     128 << 20, // one text may stand for millions of cells
	Sheets:   100,
	Unzipped: 256 << 20,
	Strings:  64 << 20,
}
