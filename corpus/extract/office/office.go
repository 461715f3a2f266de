// Package office runs the programs that read what Go cannot: LibreOffice for
// doc, wps and rtf, and a command that recognises the text of pictures.
package office
