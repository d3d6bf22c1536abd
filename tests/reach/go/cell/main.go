// cell: a screen of tcell's, which opens /dev/tty for reading and writing. Shows each key and size; q ends.
package main

import (
	"fmt"
	"os"

	"github.com/gdamore/tcell/v2"
)

func show(screen tcell.Screen, row int, text string) {
	for column, character := range text {
		screen.SetContent(column, row, character, nil, tcell.StyleDefault.Bold(row == 0))
	}
}

func main() {
	screen, err := tcell.NewScreen()
	if err == nil {
		err = screen.Init()
	}
	if err != nil {
		fmt.Println("Cannot start:", err)
		os.Exit(1)
	}
	defer screen.Fini()
	for last := "nothing"; ; {
		columns, rows := screen.Size()
		screen.Clear()
		show(screen, 0, fmt.Sprintf("screen of %d by %d", columns, rows))
		show(screen, rows-1, "last key: "+last)
		screen.Show()
		switch event := screen.PollEvent().(type) {
		case *tcell.EventResize:
			screen.Sync()
		case *tcell.EventKey:
			if last = event.Name(); event.Rune() == 'q' {
				return
			}
		}
	}
}
