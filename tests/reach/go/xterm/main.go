// xterm: what golang.org/x/term says of the terminal, raw mode, keys, and the window's size as it changes.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

func tellSize() {
	columns, rows, err := term.GetSize(int(os.Stdout.Fd()))
	fmt.Printf("size %d %d %v\r\n", columns, rows, err)
}

func tellSizes(changes <-chan os.Signal) {
	for range changes {
		tellSize()
	}
}

func readKeys() {
	key := make([]byte, 1)
	for {
		if n, err := os.Stdin.Read(key); n != 1 {
			fmt.Printf("end %v\r\n", err)
			return
		}
		fmt.Printf("key %d\r\n", key[0])
		if key[0] == 'q' {
			return
		}
	}
}

func main() {
	for _, file := range []*os.File{os.Stdin, os.Stdout, os.Stderr} {
		fmt.Println("terminal", term.IsTerminal(int(file.Fd())))
	}
	tellSize()
	changes := make(chan os.Signal, 8)
	signal.Notify(changes, syscall.SIGWINCH)
	go tellSizes(changes)
	before, err := term.MakeRaw(int(os.Stdin.Fd()))
	if err != nil {
		fmt.Println("raw", err)
		os.Exit(1)
	}
	fmt.Print("ready\r\n")
	readKeys()
	term.Restore(int(os.Stdin.Fd()), before)
	fmt.Print("password: ")
	password, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Printf("\n<%s> %v\n", password, err)
}
