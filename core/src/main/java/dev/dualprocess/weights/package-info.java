/**
 * Checkpoints: safetensors files, single or sharded, memory-mapped and handed out tensor by tensor
 * through prefix views that mirror the key names. Nothing is ever unpickled.
 */
package dev.dualprocess.weights;
