// prompt: questions by survey, on a line and of a list, and a password.
package main

import (
	"fmt"
	"os"

	"github.com/AlecAivazis/survey/v2"
)

func main() {
	var name, colour, secret string
	for _, question := range []struct {
		prompt survey.Prompt
		answer *string
	}{
		{&survey.Input{Message: "Name?"}, &name},
		{&survey.Select{Message: "Colour?", Options: []string{"red", "blue", "green"}}, &colour},
		{&survey.Password{Message: "Secret?"}, &secret},
	} {
		if err := survey.AskOne(question.prompt, question.answer); err != nil {
			fmt.Println("Cannot ask:", err)
			os.Exit(1)
		}
	}
	fmt.Printf("<%s> <%s> <%s>\n", name, colour, secret)
}
