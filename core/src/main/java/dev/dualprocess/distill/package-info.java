/**
 * The distillation engine: the loop of the paper, its settings, its reports, its checkpoints. It
 * knows no model's name, no console and no file but its checkpoint.
 */
package dev.dualprocess.distill;
