/* The optimizer object: arguments, slots, learning rate, the numbers of a training step. Recording is in
 * record.c. */
#include "optimizers/optimizer.h"
#include "base/memory.h"
#include "base/text.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include <hone/schedules.h>

#include <float.h>
#include <math.h>
#include <string.h>

static const void *find(const hone_optimizer *optimizer, const char *name)
{
    const hone_type *type = &optimizer->type->type;
    for (size_t i = 0; i < type->field_count; i++)
        if (strcmp(type->fields[i].name, name) == 0)
            return (const char *)optimizer->args + type->fields[i].offset;
    return NULL;
}

static double find_number(const hone_optimizer *optimizer, const char *name)
{
    const double *number = find(optimizer, name);
    return number == NULL ? HONE_NONE : *number;
}

static int64_t find_integer(const hone_optimizer *optimizer, const char *name)
{
    const int64_t *integer = find(optimizer, name);
    return integer == NULL ? HONE_NONE_INTEGER : *integer;
}

static void read_base(hone_optimizer *optimizer)
{
    hone_optimizer_base *base = &optimizer->base;
    base->weight_decay = find_number(optimizer, "weight_decay");
    base->clipnorm = find_number(optimizer, "clipnorm");
    base->global_clipnorm = find_number(optimizer, "global_clipnorm");
    base->clipvalue = find_number(optimizer, "clipvalue");
    base->ema_momentum = find_number(optimizer, "ema_momentum");
    base->loss_scale_factor = find_number(optimizer, "loss_scale_factor");
    base->ema_overwrite_frequency = find_integer(optimizer, "ema_overwrite_frequency");
    base->gradient_accumulation_steps = find_integer(optimizer, "gradient_accumulation_steps");
    const bool *use_ema = find(optimizer, "use_ema");
    base->use_ema = use_ema != NULL && *use_ema;
    hone_schedule *const *schedule = find(optimizer, "learning_rate_schedule");
    optimizer->schedule = schedule != NULL && hone_internal_object_given(*schedule) ? *schedule : NULL;
    optimizer->learning_rate = find_number(optimizer, "learning_rate");
}

static hone_status check(const hone_optimizer *optimizer)
{
    HONE_TRY(hone_internal_fields_check(&optimizer->type->type, optimizer->args));
    const hone_optimizer_base *base = &optimizer->base;
    int clips = !isnan(base->clipnorm) + !isnan(base->global_clipnorm) + !isnan(base->clipvalue);
    if (clips > 1)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "only one of clipnorm, clipvalue and global_clipnorm may be given");
    double rate = optimizer->learning_rate;
    if (optimizer->schedule == NULL && (!(rate >= 0) || rate > (double)FLT_MAX))
        return hone_fail(HONE_ERROR_ARGUMENT, "learning_rate must be between 0 and %g", (double)FLT_MAX);
    return HONE_OK;
}

hone_optimizer *hone_optimizer_create(const hone_optimizer_type *type, const void *args)
{
    hone_optimizer *optimizer = hone_internal_allocate_zeroed(1, sizeof *optimizer);
    if (optimizer == NULL)
        return NULL;
    optimizer->references = 1;
    optimizer->type = type;
    optimizer->args = hone_internal_fields_copy(&type->type, args != NULL ? args : type->type.defaults);
    bool good = optimizer->args != NULL;
    if (good) {
        read_base(optimizer);
        good = check(optimizer) >= 0;
    }
    if (good)
        return optimizer;
    hone_optimizer_free(optimizer);
    return NULL;
}

hone_optimizer *hone_optimizer_from_text(const char *text)
{
    hone_spec spec;
    if (text == NULL || hone_internal_spec_resolve("optimizer", text, &spec) < 0)
        return NULL;
    if (spec.type == NULL) {
        hone_fail(HONE_ERROR_ARGUMENT, "expected an optimizer, received \"%s\"", text);
        return NULL;
    }
    hone_optimizer *optimizer = hone_optimizer_create((const hone_optimizer_type *)spec.type, spec.args);
    hone_internal_spec_free(&spec);
    return optimizer;
}

hone_optimizer *hone_optimizer_retain(hone_optimizer *optimizer)
{
    if (optimizer != NULL)
        optimizer->references++;
    return optimizer;
}

static void retain(void *object)
{
    hone_optimizer_retain(object);
}

static void release(void *object)
{
    hone_optimizer_free(object);
}

static hone_config *write_config(const void *object)
{
    return hone_internal_optimizer_to_config(object);
}

static void *read_config(const hone_config *value, const hone_loading *loading)
{
    (void)loading;
    return hone_internal_optimizer_from_config(value);
}

const hone_object_family hone_internal_optimizer_objects = {
    .name = "optimizer", .retain = retain, .release = release, .write = write_config, .read = read_config};

static void forget_variables(hone_optimizer *optimizer)
{
    for (int i = 0; i < optimizer->variable_count; i++)
        hone_internal_variable_free(optimizer->variables[i]);
    for (size_t i = 0; i < optimizer->slot_count; i++)
        hone_internal_variable_free(optimizer->slots[i].variable);
    hone_internal_free(optimizer->variables);
    hone_internal_free(optimizer->no_decay);
    hone_internal_free(optimizer->decay_numbers);
    hone_internal_free(optimizer->slots);
    hone_internal_variable_free(optimizer->number_values);
    optimizer->variables = NULL;
    optimizer->no_decay = NULL;
    optimizer->decay_numbers = NULL;
    optimizer->number_values = NULL;
    optimizer->slots = NULL;
    optimizer->variable_count = 0;
    optimizer->slot_count = optimizer->slot_capacity = 0;
}

static void free_excluded(hone_optimizer *optimizer)
{
    for (size_t i = 0; optimizer->excluded != NULL && optimizer->excluded[i] != NULL; i++)
        hone_internal_free(optimizer->excluded[i]);
    hone_internal_free(optimizer->excluded);
    optimizer->excluded = NULL;
}

void hone_optimizer_free(hone_optimizer *optimizer)
{
    if (optimizer == NULL || --optimizer->references > 0)
        return;
    forget_variables(optimizer);
    free_excluded(optimizer);
    hone_internal_config_free(optimizer->unknown);
    hone_internal_config_free(optimizer->scaling.settings);
    if (optimizer->args != NULL)
        hone_internal_fields_free(&optimizer->type->type, optimizer->args);
    hone_internal_free(optimizer);
}

int64_t hone_optimizer_iterations(const hone_optimizer *optimizer)
{
    return optimizer->iterations;
}
const void *hone_optimizer_args(const hone_optimizer *optimizer)
{
    return optimizer->args;
}
int hone_optimizer_variable_count(const hone_optimizer *optimizer)
{
    return optimizer->variable_count;
}
hone_variable *hone_optimizer_variable(const hone_optimizer *optimizer, int index)
{
    return optimizer->variables[index];
}
const double *hone_optimizer_numbers(const hone_optimizer *optimizer)
{
    return optimizer->numbers;
}
bool hone_internal_optimizer_built(const hone_optimizer *optimizer)
{
    return optimizer->variables != NULL;
}

double hone_internal_optimizer_rate_at(const hone_optimizer *optimizer, int64_t step)
{
    return optimizer->schedule != NULL ? hone_schedule_rate(optimizer->schedule, step)
                                       : optimizer->learning_rate;
}

double hone_optimizer_learning_rate(const hone_optimizer *optimizer)
{
    return hone_internal_optimizer_rate_at(optimizer, optimizer->iterations);
}

hone_status hone_optimizer_set_learning_rate(hone_optimizer *optimizer, double rate)
{
    if (optimizer == NULL)
        return hone_internal_fail_null("an optimizer");
    if (optimizer->schedule != NULL)
        return hone_fail(HONE_ERROR_STATE, "the learning rate comes from a schedule and cannot be set");
    if (!(rate >= 0) || rate > (double)FLT_MAX)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "a learning rate must be a number of at least 0 that fits in a float");
    optimizer->learning_rate = (double)(float)rate; /* stored as float32, as Keras's variable */
    return HONE_OK;
}

void hone_internal_optimizer_take_rate(hone_optimizer *optimizer, float rate)
{
    if ((float)optimizer->learning_rate != rate)
        optimizer->learning_rate = (double)rate;
}

hone_status hone_optimizer_exclude_from_weight_decay(hone_optimizer *optimizer, const char *const *names)
{
    size_t count = 0;
    if (optimizer == NULL)
        return hone_internal_fail_null("an optimizer");
    if (hone_internal_optimizer_built(optimizer))
        return hone_fail(HONE_ERROR_STATE,
                         "weights can be excluded from weight decay only before the first training step");
    while (names[count] != NULL)
        count++;
    free_excluded(optimizer);
    optimizer->excluded = hone_internal_allocate_zeroed(count + 1, sizeof *optimizer->excluded);
    if (optimizer->excluded == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        if ((optimizer->excluded[i] = hone_internal_copy_text(names[i])) == NULL)
            return HONE_ERROR_MEMORY;
    return HONE_OK;
}

/* ---- slots ---- */

hone_variable *hone_optimizer_add_slot(hone_optimizer *optimizer, int variable, const char *name,
                                       hone_shape shape, double start)
{
    if (hone_internal_grow(&optimizer->slots, &optimizer->slot_capacity, optimizer->slot_count + 1,
                           sizeof *optimizer->slots) < 0)
        return NULL;
    hone_variable *slot = hone_internal_variable_create(name, shape, "zeros");
    if (slot == NULL)
        return NULL;
    optimizer->slots[optimizer->slot_count++] = (hone_optimizer_slot_entry){slot, variable, start, false};
    return slot;
}

hone_variable *hone_optimizer_slot(const hone_optimizer *optimizer, int variable, int number)
{
    for (size_t i = optimizer->own_slots; i < optimizer->slot_count; i++)
        if (optimizer->slots[i].of == variable && number-- == 0)
            return optimizer->slots[i].variable;
    return NULL;
}

size_t hone_internal_optimizer_slot_count(const hone_optimizer *optimizer)
{
    return optimizer->slot_count;
}

hone_variable *hone_internal_optimizer_slot_at(const hone_optimizer *optimizer, size_t index)
{
    return optimizer->slots[index].variable;
}

hone_status hone_internal_optimizer_add_slots(hone_optimizer *optimizer, const char *const *names,
                                              double start)
{
    for (int i = 0; i < optimizer->variable_count; i++)
        for (const char *const *name = names; *name != NULL; name++)
            if (hone_optimizer_add_slot(optimizer, i, *name, optimizer->variables[i]->shape, start) == NULL)
                return hone_error_status();
    return HONE_OK;
}

hone_status hone_internal_optimizer_add_placeholder(hone_optimizer *optimizer, int variable, const char *name)
{
    if (hone_optimizer_add_slot(optimizer, variable, name, (hone_shape){.rank = 0}, 0) == NULL)
        return hone_error_status();
    optimizer->slots[optimizer->slot_count - 1].integer = true;
    return HONE_OK;
}

bool hone_internal_optimizer_slot_is_integer(const hone_optimizer *optimizer, size_t index)
{
    return optimizer->slots[index].integer;
}

static bool excluded(const hone_optimizer *optimizer, const hone_variable *variable)
{
    for (size_t i = 0; optimizer->excluded != NULL && optimizer->excluded[i] != NULL; i++)
        if (strstr(variable->path != NULL ? variable->path : variable->name, optimizer->excluded[i]) != NULL)
            return true;
    return false;
}

static void fill_slot(const hone_optimizer *optimizer, const hone_optimizer_slot_entry *slot)
{
    float *data = hone_internal_variable_data(slot->variable);
    int64_t count = hone_internal_variable_count(slot->variable);
    if (isnan(slot->start))
        memcpy(data, hone_internal_variable_data(optimizer->variables[slot->of]),
               (size_t)count * sizeof *data);
    else
        for (int64_t j = 0; slot->start != 0 && j < count; j++)
            data[j] = (float)slot->start;
}

static hone_status fill_slots(hone_optimizer *optimizer)
{
    hone_variable **slots = hone_internal_allocate(sizeof *slots * (optimizer->slot_count + 1));
    if (slots == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < optimizer->slot_count; i++)
        slots[i] = optimizer->slots[i].variable;
    slots[optimizer->slot_count] = optimizer->number_values; /* in the same block */
    hone_status status = hone_internal_variables_place(slots, optimizer->slot_count + 1);
    hone_internal_free(slots);
    if (status < 0)
        return status;
    for (size_t i = 0; i < optimizer->slot_count; i++)
        fill_slot(optimizer, &optimizer->slots[i]);
    return HONE_OK;
}

static hone_status take_variables(hone_optimizer *optimizer, hone_variable *const *variables, int count)
{
    optimizer->variables = hone_internal_allocate_zeroed((size_t)count + 1, sizeof(hone_variable *));
    optimizer->no_decay = hone_internal_allocate_zeroed((size_t)count + 1, sizeof(bool));
    optimizer->decay_numbers = hone_internal_allocate_zeroed((size_t)count + 1, sizeof(double));
    optimizer->number_values =
        hone_internal_variable_create("numbers", HONE_SHAPE(HONE_OPTIMIZER_NUMBERS + 1), "zeros");
    if (optimizer->variables == NULL || optimizer->no_decay == NULL || optimizer->decay_numbers == NULL ||
        optimizer->number_values == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < count; i++) {
        optimizer->variables[i] = hone_internal_variable_retain(variables[i]);
        optimizer->no_decay[i] = excluded(optimizer, variables[i]);
    }
    optimizer->variable_count = count;
    return HONE_OK;
}

static bool same_variables(const hone_optimizer *optimizer, hone_variable *const *variables, int count)
{
    for (int i = 0; i < count; i++) {
        bool known = false;
        for (int j = 0; j < optimizer->variable_count; j++)
            known = known || optimizer->variables[j] == variables[i];
        if (!known)
            return false;
    }
    return true;
}

static hone_status build(hone_optimizer *optimizer, hone_variable *const *variables, int count)
{
    HONE_TRY(take_variables(optimizer, variables, count));
    static const char *const average[] = {"average", NULL}, *const accumulator[] = {"gradient_accumulator",
                                                                                    NULL};
    if (optimizer->base.use_ema)
        HONE_TRY(hone_internal_optimizer_add_slots(optimizer, average, 0));
    if (optimizer->base.gradient_accumulation_steps != HONE_NONE_INTEGER)
        HONE_TRY(hone_internal_optimizer_add_slots(optimizer, accumulator, 0));
    optimizer->own_slots = optimizer->slot_count;
    HONE_TRY(optimizer->type->build(optimizer));
    return fill_slots(optimizer);
}

hone_status hone_internal_optimizer_build(hone_optimizer *optimizer, hone_variable *const *variables,
                                          int count)
{
    if (hone_internal_optimizer_built(optimizer)) {
        if (same_variables(optimizer, variables, count))
            return HONE_OK;
        return hone_fail(HONE_ERROR_STATE,
                         "%s: was built for other weights (some were frozen or "
                         "missing then); compile the model with a new optimizer",
                         optimizer->type->type.name);
    }
    hone_status status = build(optimizer, variables, count);
    if (status < 0)
        forget_variables(optimizer);
    return status;
}

/* ---- the numbers of a training step ---- */

static int64_t accumulation(const hone_optimizer *optimizer)
{
    int64_t steps = optimizer->base.gradient_accumulation_steps;
    return steps == HONE_NONE_INTEGER ? 1 : steps;
}

bool hone_internal_optimizer_updates_next(const hone_optimizer *optimizer)
{
    return (optimizer->iterations + 1) % accumulation(optimizer) == 0;
}

double hone_internal_optimizer_decay(const hone_optimizer *optimizer, int index)
{
    double decay = optimizer->type->decay != NULL ? optimizer->type->decay(optimizer, index)
                                                  : optimizer->base.weight_decay;
    return isnan(decay) || optimizer->no_decay[index] ? 0 : decay;
}

/* The averages follow Keras also under accumulation: at each batch, told apart by the count of updates. */
void hone_internal_optimizer_begin_step(hone_optimizer *optimizer)
{
    double rate = hone_optimizer_learning_rate(optimizer);
    int64_t updates = optimizer->iterations / accumulation(optimizer),
            every = optimizer->base.ema_overwrite_frequency;
    optimizer->type->numbers(optimizer, updates + 1, rate, optimizer->numbers);
    for (int i = 0; i < optimizer->variable_count; i++)
        optimizer->decay_numbers[i] = hone_internal_optimizer_decay(optimizer, i) * rate;
    optimizer->average_numbers[0] = updates == 0 ? 0 : optimizer->base.ema_momentum;
    float *values = hone_internal_variable_data(optimizer->number_values);
    for (int i = 0; i < HONE_OPTIMIZER_NUMBERS; i++)
        values[i] = (float)optimizer->numbers[i];
    values[HONE_OPTIMIZER_NUMBERS] = every != HONE_NONE_INTEGER && (updates + 1) % every == 0;
}

static void copy_averages(hone_optimizer *optimizer)
{
    for (int i = 0; i < optimizer->variable_count; i++) {
        hone_variable *weight = optimizer->variables[i], *average = optimizer->slots[i].variable;
        memcpy(hone_internal_variable_data(weight), hone_internal_variable_data(average),
               (size_t)hone_internal_variable_count(weight) * sizeof(float));
    }
}

void hone_internal_optimizer_end_step(hone_optimizer *optimizer)
{
    optimizer->iterations++;
}

void hone_internal_optimizer_finish(hone_optimizer *optimizer)
{
    if (optimizer->base.use_ema && hone_internal_optimizer_built(optimizer) && optimizer->iterations > 0)
        copy_averages(optimizer);
}

hone_status hone_internal_optimizer_swap_averages(hone_optimizer *optimizer)
{
    if (!optimizer->base.use_ema)
        return hone_fail(HONE_ERROR_STATE, "%s: there are no averages to swap in: it needs use_ema=true",
                         optimizer->type->type.name);
    for (int i = 0; i < optimizer->variable_count; i++) {
        float *weight = hone_internal_variable_data(optimizer->variables[i]),
              *average = hone_internal_variable_data(optimizer->slots[i].variable);
        int64_t count = hone_internal_variable_count(optimizer->variables[i]);
        for (int64_t j = 0; j < count; j++) {
            float kept = weight[j];
            weight[j] = average[j];
            average[j] = kept;
        }
    }
    return HONE_OK;
}

static const double *momentum_of(const hone_optimizer *optimizer)
{
    const double *field = find(optimizer, "momentum");
    return field != NULL ? field : find(optimizer, "beta_1");
}

double hone_internal_optimizer_momentum(const hone_optimizer *optimizer)
{
    const double *field = momentum_of(optimizer);
    return field == NULL ? HONE_NONE : *field;
}

hone_status hone_internal_optimizer_set_momentum(hone_optimizer *optimizer, double momentum)
{
    const double *field = momentum_of(optimizer);
    if (field == NULL)
        return hone_fail(HONE_ERROR_STATE, "%s has no momentum that could be set",
                         optimizer->type->type.name);
    if (!(momentum >= 0 && momentum < 1))
        return hone_fail(HONE_ERROR_ARGUMENT, "a momentum must be at least 0 and below 1");
    memcpy((char *)optimizer->args + ((const char *)field - (const char *)optimizer->args), &momentum,
           sizeof momentum);
    return HONE_OK;
}
