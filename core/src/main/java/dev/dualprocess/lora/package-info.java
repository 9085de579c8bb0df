/** Low-rank adapters: their tensors, their files, and the modules of a generator that take them. */
package dev.dualprocess.lora;
