/* hone help on a word that names no topic. */
#ifndef HONE_CLI_MENTIONS_H
#define HONE_CLI_MENTIONS_H

/* Prints what has an argument or option of this name, or says the word; returns how much that is. */
int cli_print_mentions(const char *word);

#endif
