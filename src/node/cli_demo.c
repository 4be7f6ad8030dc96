#include "node/cli.h"
int cli_demo(struct cli *c)
{
    (void)c;
    return CLI_FAILED;
}
