/**
 * Memory for time (activation or gradient checkpointing): what a block of a model keeps for
 * backward can be computed again when backward comes to it. {@link
 * dev.dualprocess.recompute.Blocks} is how a model runs its blocks, {@link
 * dev.dualprocess.recompute.Tape} what a pass leaves behind, {@link
 * dev.dualprocess.recompute.Recomputation} who decides.
 */
package dev.dualprocess.recompute;
