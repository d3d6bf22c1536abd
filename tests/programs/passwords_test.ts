// Passwords and passphrases, which must not be shown.

import { all, AT_PROMPT, behind, hidden, type Program, prompt } from "./program.ts";
import { programs } from "./run.ts";
import { localSshd } from "./services.ts";

/** Accounts for one row: root's password is `open sesame`, and root has to type it, too. */
const ACCOUNTS = (service: string) =>
  [
    "mkdir -p /run/rpty-accounts",
    "hash=$(openssl passwd -6 -salt rpty 'open sesame')",
    'sed "s|^root:[^:]*:|root:$hash:|; s|^nobody:[^:]*:|nobody:$hash:|" /etc/shadow' +
    " > /run/rpty-accounts/shadow",
    "sed 's|^\\(nobody:.*:\\)[^:]*$|\\1/bin/sh|' /etc/passwd > /run/rpty-accounts/passwd",
    "printf 'auth required pam_unix.so\\naccount required pam_unix.so\\n' > /run/rpty-accounts/pam",
    "mount -n --bind /run/rpty-accounts/shadow /etc/shadow",
    "mount -n --bind /run/rpty-accounts/passwd /etc/passwd",
    `mount -n --bind /run/rpty-accounts/pam /etc/pam.d/${service}`,
    // The mounts keep the files. The folder itself must be clean at the end.
    "rm -r /run/rpty-accounts",
  ].join("\n");

const GNUPG = [
  "mkdir -m 700 .gnupg",
  "export GNUPGHOME=$PWD/.gnupg",
  "gpg -q --batch --passphrase 'open sesame' --quick-gen-key ada@example.org future-default default never",
  "echo text > plain; gpg -q --batch -e -r ada@example.org -o secret.gpg plain",
  "gpgconf --kill all",
].join("\n");

const PASSWORDS: readonly Program[] = [
  {
    program: "ssh",
    does: "asks about a host key and for a password, twice",
    needs: ["ssh", "sshd", "ssh-keygen", "openssl", "root"],
    version: "ssh -V",
    service: localSshd,
    steps: [
      ["$SSH 'echo hello; cat'\r", behind("(yes/no/[fingerprint])? ")],
      ["yes\r", hidden("password: ")],
      ["wrong\r", behind("try again.\r\nrptytest@127.0.0.1's password: ".split("\n")[1])],
      ["open sesame\r", /^hello$/m],
      ["typed\r", /typed\ntyped/],
      ["\x04", AT_PROMPT],
      ["$SSH 'exit 3'; echo status $?\r", hidden("password: ")],
      ["open sesame\r", all("status 3", AT_PROMPT)],
      ["$SSH cat\r", hidden("password: ")],
      ["\x03", AT_PROMPT],
    ],
    masks: [{ what: /SHA256:\S+|\d+ milliseconds/g, why: "key by chance" }],
  },
  {
    program: "ssh-keygen",
    does: "asks for a passphrase twice, and for it again to change it",
    needs: ["ssh-keygen"],
    version: "ssh -V",
    steps: [
      ["ssh-keygen -q -t ed25519 -f key\r", hidden("Enter passphrase (empty for no passphrase): ")],
      ["one two\r", hidden("Enter same passphrase again: ")],
      ["other\r", all("do not match", hidden("Enter passphrase (empty for no passphrase): "))],
      ["one two\r", hidden("again: ")],
      ["one two\r", AT_PROMPT],
      ["ssh-keygen -y -f key > key.pub2; cmp key.pub key.pub2\r", hidden("Enter passphrase: ")],
      ["wrong\r", all("incorrect passphrase", AT_PROMPT)],
      ["ssh-keygen -q -t ed25519 -f key\r", behind("Overwrite (y/n)? ")],
      ["n\r", AT_PROMPT],
    ],
  },
  {
    program: "openssl",
    does: "asks for a passphrase twice, and to decrypt",
    needs: ["openssl"],
    version: "openssl version",
    steps: [
      [
        "echo text | openssl enc -aes-256-cbc -pbkdf2 -out secret\r",
        hidden("enter AES-256-CBC encryption password:"),
      ],
      ["one two\r", hidden("Verifying - enter AES-256-CBC encryption password:")],
      ["one two\r", AT_PROMPT],
      ["openssl enc -d -aes-256-cbc -pbkdf2 -in secret\r", hidden("decryption password:")],
      ["one two\r", all(/^text$/m, AT_PROMPT)],
      ["openssl genrsa -aes128 -out key 1024\r", hidden("Enter PEM pass phrase:")],
      ["one\r", all("result too small", AT_PROMPT)],
    ],
    masks: [{ what: /[0-9A-F]{16}/g, why: "threads' ids" }],
  },
  {
    program: "gpg",
    does: "decrypts with pinentry-curses, whose agent is no process of the terminal's",
    needs: ["gpg", "gpg-agent", "pinentry-curses"],
    env: { GNUPGHOME: "/srv/.gnupg" },
    prepare: `${GNUPG}\necho 'pinentry-program /usr/bin/pinentry-curses' > .gnupg/gpg-agent.conf`,
    steps: [
      ["export GPG_TTY=$(tty)\r", AT_PROMPT],
      ["gpg -q -d secret.gpg\r", all("Passphrase:", "<Cancel>")],
      ["wrong\r", "Bad Passphrase"],
      ["open sesame", "***********"],
      ["\r", all(/^text$/m, AT_PROMPT)],
      ["gpgconf --kill all\r", AT_PROMPT],
    ],
    masks: [{ what: /[0-9A-F]{16}|created \d{4}-\d\d-\d\d/g, why: "key by chance" }],
  },
  {
    program: "gpg",
    does: "decrypts with pinentry-tty, and edits a key at its prompt",
    needs: ["gpg", "gpg-agent", "pinentry-tty"],
    env: { GNUPGHOME: "/srv/.gnupg" },
    prepare: `${GNUPG}\necho 'pinentry-program /usr/bin/pinentry-tty' > .gnupg/gpg-agent.conf`,
    steps: [
      ["export GPG_TTY=$(tty)\r", AT_PROMPT],
      ["gpg -q -d secret.gpg\r", hidden("Passphrase: ")],
      ["open sesame\r", all(/^text$/m, AT_PROMPT)],
      ["gpg -q --edit-key ada@example.org\r", behind("gpg> ")],
      ["exp\t", behind("gpg> expire ")],
      ["\r", behind("Key is valid for? (0) ")],
      ["\r", behind("Is this correct? (y/N) ")],
      ["n\r", behind("Key is valid for? (0) ")],
      ["\r", behind("Is this correct? (y/N) ")],
      ["y\r", prompt("gpg> ")],
      ["quit\r", behind("Save changes? (y/N) ")],
      ["n\r", behind("Quit without saving? (y/N) ")],
      ["y\r", AT_PROMPT],
      ["gpgconf --kill all\r", AT_PROMPT],
    ],
    masks: [{
      what: /[0-9A-F]{16}|created: \d{4}-\d\d-\d\d|created \d{4}-\d\d-\d\d/g,
      why: "key by chance",
    }],
  },
  {
    program: "su",
    does: "asks for a password and gives a shell of another user's",
    needs: ["su", "openssl", "root"],
    version: "su --version",
    mounts: ACCOUNTS("su"),
    steps: [
      ["su nobody\r", hidden("Password: ")],
      ["wrong\r", all("Authentication failure", AT_PROMPT)],
      ["su nobody\r", hidden("Password: ")],
      ["open sesame\r", behind("$ ")],
      [
        "id -un; stty size; tty >/dev/null && echo on a terminal\r",
        all("on a terminal", behind("$ ")),
      ],
      ["exit\r", AT_PROMPT],
      ["su nobody -c 'read -p \"name: \" n; echo $n'\r", hidden("Password: ")],
      ["open sesame\r", behind("name: ")],
      ["ada\r", all(/^ada$/m, AT_PROMPT)],
    ],
  },
  {
    program: "passwd",
    does: "asks for a new password twice and finds them different",
    needs: ["passwd", "openssl", "root"],
    version: "dpkg-query -W -f '${Version}\\n' passwd",
    mounts: ACCOUNTS("rpty-none").split("\n").filter((line) => !/pam/.test(line)).join("\n"),
    steps: [
      ["passwd nobody\r", hidden("New password: ")],
      ["one two three\r", hidden("Retype new password: ")],
      ["other\r", all("do not match", AT_PROMPT)],
    ],
  },
  {
    program: "sudo",
    does: "asks an unprivileged user for a password",
    needs: ["sudo", "setpriv", "openssl", "root"],
    mounts: ACCOUNTS("sudo"),
    steps: [
      [
        "setpriv --reuid=nobody --regid=nogroup --clear-groups sudo -k true\r",
        hidden("[sudo] password for nobody: "),
      ],
      ["open sesame\r", AT_PROMPT],
    ],
  },
  {
    program: "getpass",
    does: "python's getpass and input",
    needs: ["python3"],
    version: "python3 --version",
    files: {
      "ask.py": "import getpass\nname = input('name: ')\nsecret = getpass.getpass('secret: ')\n" +
        "print(name, len(secret))\n",
    },
    steps: [
      ["python3 ask.py\r", behind("name: ")],
      ["adx\x7fa\r", hidden("secret: ")],
      ["hush\r", all("ada 4", AT_PROMPT)],
      ["echo ada | python3 ask.py\r", hidden("secret: ")],
      ["hush\r", all(/^name: secret:\nada 4$/m, AT_PROMPT)],
    ],
  },
  {
    program: "unzip",
    does: "asks whether to replace, and for a password",
    needs: ["unzip", "zip"],
    version: "unzip -v",
    prepare: "echo text > note; zip -q -P sesame note.zip note",
    steps: [
      ["unzip note.zip\r", hidden("note password: ")],
      ["wrong\r", hidden("reenter: ")],
      ["sesame\r", /replace note\?/],
      ["y\r", all("extracting", AT_PROMPT)],
      ["zip -e new.zip note\r", hidden("Enter password: ")],
      ["one\r", hidden("Verify password: ")],
      ["one\r", all("adding", AT_PROMPT)],
    ],
  },
];

programs("Passwords", PASSWORDS);
