# A zpty for zsh's tests of interactive shells. Instead of a pseudoterminal each command gets a terminal of the harness,
# which holds its other end behind the socket $ZPTY_SOCKET. It does only what the tests need of zsh's own zpty.

zmodload zsh/system zsh/net/socket zsh/zselect

typeset -gA zpty_descriptor zpty_unread zpty_ended

zpty() {
  setopt localoptions nomultibyte noksharrays nowarncreateglobal
  local zpty_flags=
  while [[ $1 = -?* ]]; do
    zpty_flags+=${1#-}
    shift
  done
  case $zpty_flags in
    (*d*) zpty_delete "$@" ;;
    (*w*) zpty_write "$@" ;;
    (*r*) zpty_read "$@" ;;
    (*t*) [[ -z $zpty_ended[$1] ]] ;;
    (*) zpty_start_command "$@" ;;
  esac
}

# What the command finds, the folder and the exported parameters, is what it would find here. Without -e the
# terminal does not echo.
zpty_start_command() {
  local name=$1 state=$HOME/zpty.$RANDOM REPLY
  shift
  {
    export -p
    print -r -- "cd ${(q)PWD}"
    print -r -- "exec ${(j: :)@}"
  } >$state
  zsocket $ZPTY_SOCKET || return
  zpty_descriptor[$name]=$REPLY zpty_unread[$name]= zpty_ended[$name]=
  [[ $zpty_flags = *e* ]] && syswrite -o $REPLY -- $'echo\n' || syswrite -o $REPLY -- $'-echo\n'
  syswrite -o $REPLY -- "$state"$'\n'
}

zpty_delete() {
  local name descriptor
  for name in ${@:-${(k)zpty_descriptor}}; do
    descriptor=$zpty_descriptor[$name]
    [[ -n $descriptor ]] && exec {descriptor}>&-
    unset "zpty_descriptor[$name]"
  done
}

zpty_write() {
  local name=$1 text
  shift
  if (( $# )); then
    text="${(j: :)@}"
    [[ $zpty_flags = *n* ]] || text+=$'\n'
    syswrite -o $zpty_descriptor[$name] -- "$text"
  else
    while sysread -i 0 text; do syswrite -o $zpty_descriptor[$name] -- "$text"; done
  fi
}

# More of what the terminal has shown; 1 at the command's end.
zpty_fill() {
  local more
  [[ -z $zpty_ended[$1] ]] || return
  if sysread -i $zpty_descriptor[$1] more; then
    zpty_unread[$1]+=$more
  else
    zpty_ended[$1]=yes
    return 1
  fi
}

zpty_has_something() {
  local -A ready
  [[ -n $zpty_unread[$1] ]] || zselect -t 0 -A ready -r $zpty_descriptor[$1]
}

# All until the command's end; or, into a parameter, a line, or just so much that it matches a pattern.
zpty_read() {
  local name=$1 parameter=$2 pattern=${3-$'*\n'} text=
  [[ $zpty_flags != *t* ]] || zpty_has_something $name || return
  if (( $# == 1 )); then
    while zpty_fill $name; do :; done
    text=$zpty_unread[$name] zpty_unread[$name]=
    syswrite -- "$text"
    [[ -n $text ]]
    return
  fi
  while true; do
    # The shortest match from the start, as zpty reads byte by byte; it reads one in any case.
    text=${(M)zpty_unread[$name]#${~pattern}}
    [[ -z $text && "" = ${~pattern} ]] && text=${zpty_unread[$name][1]}
    [[ -z $text ]] || break
    zpty_fill $name || break
  done
  local matches=$(( $#text == 0 ))
  [[ -n $text ]] || text=$zpty_unread[$name]
  zpty_unread[$name]=${zpty_unread[$name][$#text+1,-1]}
  : ${(P)parameter::=$text}
  [[ $zpty_flags = *m* ]] && return matches
  [[ -n $text ]]
}

# The tests type keys one by one by `{ sleep 2 & } | read -t 0.011`, which should wait for 11 ms, but waits for
# the sleep.
sleep() {
  command sleep ${1/#%2/0.03}
}
