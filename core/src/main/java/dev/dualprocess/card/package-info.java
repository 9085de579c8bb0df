/** What was learnt as a folder that can be published: the LoRA with its model card. */
package dev.dualprocess.card;
