// Git's interactive commands.

import { all, AT_PROMPT, behind, fullScreen, type Program } from "./program.ts";
import { programs } from "./run.ts";

/** Twelve commits with fixed dates, and therefore fixed hashes. */
const REPOSITORY = [
  "export GIT_AUTHOR_DATE='2020-02-02T02:02:02Z' GIT_COMMITTER_DATE='2020-02-02T02:02:02Z'",
  "git init -q repo && cd repo",
  'for i in $(seq 12); do seq $i > f; git add f; git commit -qm "change $i"; done',
].join("\n");
const CHANGED = `${REPOSITORY}\nsed -i 's/^1$/one/; s/^12$/twelve/' f`;
/** Commits that the rows make have fixed hashes, too. */
const DATES = {
  GIT_AUTHOR_DATE: "2020-02-02T02:02:02Z",
  GIT_COMMITTER_DATE: "2020-02-02T02:02:02Z",
};

const GIT: readonly Program[] = [
  {
    program: "git log",
    does: "goes through the pager in colours",
    needs: ["git", "less"],
    prepare: REPOSITORY,
    steps: [
      ["cd repo; git log --stat\r", all("change 12", behind(":"))],
      ["G", "(END)"],
      ["q", AT_PROMPT],
      ["git log --oneline --graph -3\r", AT_PROMPT],
      ["git log -1 | cat\r", AT_PROMPT],
    ],
  },
  {
    program: "git diff",
    does: "colours, and pages only what is longer than the screen",
    needs: ["git", "less"],
    prepare: `${CHANGED}\nseq 300 > g; git add -N g`,
    steps: [
      ["cd repo; git diff f\r", all("+twelve", AT_PROMPT)],
      ["git diff --word-diff f | cat\r", AT_PROMPT],
      ["git diff g\r", all("+++ b/g", behind(":"))],
      ["q", AT_PROMPT],
      ["git status\r", all("Changes not staged", AT_PROMPT)],
      ["git branch -a; git show --stat\r", AT_PROMPT],
    ],
  },
  {
    program: "git add -p",
    does: "asks for each hunk",
    needs: ["git"],
    prepare: CHANGED,
    steps: [
      ["cd repo; git add -p\r", behind("(1/2) Stage this hunk [y,n,q,a,d,j,J,g,/,e,?]? ")],
      ["?\r", "print help"],
      ["y\r", behind("(2/2) Stage this hunk [y,n,q,a,d,K,g,/,e,?]? ")],
      ["n\r", AT_PROMPT],
      ["git diff --cached --stat | cat\r", AT_PROMPT],
    ],
  },
  {
    program: "git add -i",
    does: "offers a menu",
    needs: ["git"],
    prepare: `${CHANGED}\necho new > new`,
    steps: [
      ["cd repo; git add -i\r", behind("What now> ")],
      ["u\r", behind("Update>> ")],
      ["1\r", /\* +1:/],
      ["\r", all("updated 1 path", behind("What now> "))],
      ["a\r", behind("Add untracked>> ")],
      ["1\r\r", all("added 1 path", behind("What now> "))],
      ["q\r", all("Bye.", AT_PROMPT)],
    ],
  },
  {
    program: "git rebase -i",
    does: "opens an editor, stops at a commit and goes on",
    needs: ["git", "vim"],
    env: { ...DATES, GIT_EDITOR: "vim" },
    prepare: REPOSITORY,
    steps: [
      ["cd repo; git rebase -i HEAD~3\r", fullScreen("pick", "git-rebase-todo")],
      ["cwedit\x1bj0cwreword\x1b", "reword"],
      [":wq\r", all("Stopped at", AT_PROMPT)],
      ["git rebase --continue\r", fullScreen("change 11", "COMMIT_EDITMSG")],
      ["cwrenamed\x1b:wq\r", all("Successfully rebased", AT_PROMPT)],
      ["git log --oneline -4 | cat\r", all("renamed 11", AT_PROMPT)],
    ],
  },
  {
    program: "git commit",
    does: "opens an editor for the message, and gives up without one",
    needs: ["git", "nano"],
    env: { ...DATES, GIT_EDITOR: "nano" },
    prepare: CHANGED,
    steps: [
      ["cd repo; git commit -a\r", fullScreen("Please enter the commit message")],
      ["A message", "A message"],
      ["\x0f\r", "Wrote"],
      ["\x18", all("1 file changed", AT_PROMPT)],
      ["git commit --amend\r", fullScreen("A message")],
      ["\x18", all("A message", AT_PROMPT)],
      ["git log -1 --format=%s\r", AT_PROMPT],
    ],
  },
  {
    program: "git clean -i",
    does: "asks what to remove",
    needs: ["git"],
    prepare: `${REPOSITORY}\ntouch one two three`,
    steps: [
      ["cd repo; git clean -i\r", behind("What now> ")],
      ["4\r", behind("Remove one [y/N]? ")],
      ["y\r", behind("[y/N]? ")],
      ["\r", behind("[y/N]? ")],
      ["y\r", AT_PROMPT],
      ["ls\r", AT_PROMPT],
    ],
  },
  {
    program: "git clone",
    does: "shows its progress since stderr is a terminal",
    needs: ["git"],
    prepare: REPOSITORY,
    steps: [
      ["git clone --progress file:///srv/repo copy\r", all(/Resolving|Receiving/, AT_PROMPT)],
      ["cd copy; git gc\r", all("done", AT_PROMPT)],
      ["git fsck\r", AT_PROMPT],
      ["git fetch; git push origin HEAD:new\r", all("new branch", AT_PROMPT)],
    ],
    masks: [
      { what: /^ +\d+\|(remote: Total|Receiving objects).*$/gm, why: "order of two processes" },
      { what: /up to \d+ threads?/g, why: "machine" },
    ],
  },
  {
    program: "tig",
    does: "shows the log, a diff and the status",
    needs: ["tig"],
    prepare: CHANGED,
    steps: [
      ["cd repo; tig\r", fullScreen("change 12", "[main]")],
      ["jj\r", "[diff]"],
      ["q", /\[main\].*commit/],
      ["s", "[status]"],
      ["h", "[help]"],
      ["Q", AT_PROMPT],
    ],
  },
];

programs("Git", GIT);
