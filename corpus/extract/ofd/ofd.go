// Package ofd reads OFD documents (GB/T 33190-2016) into blocks.
package ofd
