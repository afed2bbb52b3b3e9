#!/usr/bin/env zsh
# What zsh offers for a command line, a line a word: completion.zsh FOLDER_OF__hone "hone train --opt"
zmodload zsh/zpty
zpty shell "zsh -f -i"
zpty -w shell "PS1= PS2=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D
zstyle ':completion:*' list-prompt ''; zstyle ':completion:*' format ''; LISTMAX=10000; setopt no_list_beep
print_matches() { compadd -O found \"\$@\" 2>/dev/null; }
show() { local -a found all
  compadd() { builtin compadd -O found \"\$@\"; all+=(\$found); builtin compadd \"\$@\" }
  _main_complete; print; print -l BEGIN-MATCHES \$all END-MATCHES; exit }
zle -C show-all complete-word show; bindkey '^T' show-all; print READY"
local line
while zpty -r shell line; do
    [[ $line == *READY* && $line != *print* ]] && break
done
zpty -w -n shell "$2"$'\C-t'
local on=0
while zpty -r shell line; do
    line=${line//$'\r'/}
    line=${line//$'\n'/}
    [[ $line == END-MATCHES ]] && break
    ((on)) && print -r -- "$line"
    [[ $line == *BEGIN-MATCHES ]] && on=1
done
zpty -d shell
