// tea: a list by bubbletea. Arrows move, a and s add and remove, q or Enter ends.
package main

import (
	"fmt"
	"os"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

type model struct {
	size    string
	cursor  int
	entries []string
}

func (m model) Init() tea.Cmd { return nil }

func (m model) move(by int) model {
	m.cursor = (m.cursor + by + len(m.entries)) % len(m.entries)
	return m
}

func (m model) Update(message tea.Msg) (tea.Model, tea.Cmd) {
	switch message := message.(type) {
	case tea.WindowSizeMsg:
		m.size = fmt.Sprintf("%d by %d", message.Width, message.Height)
	case tea.KeyMsg:
		switch message.String() {
		case "up":
			return m.move(-1), nil
		case "down":
			return m.move(1), nil
		case "a":
			m.entries = append(m.entries, fmt.Sprintf("added %d", len(m.entries)))
		case "q", "enter", "ctrl+c":
			return m, tea.Quit
		}
	}
	return m, nil
}

func (m model) View() string {
	lines := []string{"window " + m.size, ""}
	for i, entry := range m.entries {
		mark := "  "
		if i == m.cursor {
			mark = "> "
		}
		lines = append(lines, mark+entry)
	}
	return strings.Join(lines, "\n") + "\n"
}

func main() {
	start := model{entries: []string{"one", "two", "three"}}
	end, err := tea.NewProgram(start, tea.WithAltScreen()).Run()
	if err != nil {
		fmt.Println("Cannot run:", err)
		os.Exit(1)
	}
	fmt.Println("chose", end.(model).entries[end.(model).cursor])
}
