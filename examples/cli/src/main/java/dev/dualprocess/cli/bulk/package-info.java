/** Many distillations: their file, their tries, the processes that carry them out, the results. */
package dev.dualprocess.cli.bulk;
