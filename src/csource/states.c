/* States in a C source: a struct of the caller's that is kept from call to call, and what resets it. */
#include "csource/source.h"

#include <inttypes.h>
#include <string.h>

void hone_internal_c_write_reset(hone_c_writer *writer)
{
    const hone_c_program *program = &writer->program;
    hone_text *text = &writer->source;
    if (program->state_count == 0)
        return;
    hone_internal_text_format(text, "void %s_reset(%s_states *states)\n{\n    int32_t i;\n", writer->prefix,
                              writer->prefix);
    for (int s = 0; s < program->slot_count; s++)
        if (program->slots[s].place == HONE_C_STATE)
            hone_internal_text_format(text, "    for (i = 0; i < %" PRId64 "; i++)\n        %s[i] = 0;\n",
                                      program->slots[s].count, writer->names[s]);
    hone_internal_text_append(text, "}\n\n");
}

/* The struct of what is kept from call to call, in the header. */
void hone_internal_c_write_states(hone_c_writer *writer)
{
    const hone_c_program *program = &writer->program;
    hone_text *text = &writer->header;
    if (program->state_count == 0)
        return;
    hone_internal_text_append(text, "/* What is kept from one call to the next: one for each sequence. */\n"
                                    "typedef struct {\n");
    for (int s = 0; s < program->slot_count; s++)
        if (program->slots[s].place == HONE_C_STATE)
            hone_internal_text_format(text, "    float %s[%" PRId64 "];\n",
                                      writer->names[s] + strlen("states->"), program->slots[s].count);
    hone_internal_text_format(text,
                              "} %s_states;\n/* Before the first call: a new sequence begins. */\n"
                              "void %s_reset(%s_states *states);\n\n",
                              writer->prefix, writer->prefix, writer->prefix);
}
