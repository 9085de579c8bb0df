/** Visual question answering as a loss: answers to probabilities (arXiv 2506.01955, eq. 4). */
package dev.dualprocess.vqa;
