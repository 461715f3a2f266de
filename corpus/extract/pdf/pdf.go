// Package pdf reads PDF files into blocks, in a child process that is ended
// where it takes too long or too much.
package pdf
