/**
 * Rectified flow: noise levels, inference steps, clean estimates (arXiv 2506.01955, eqs. 1, 2 and
 * 5).
 */
package dev.dualprocess.flow;
