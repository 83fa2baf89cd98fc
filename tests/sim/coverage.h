#pragma once
/* What intervals of a rate cover, and whether a stated chance of a job comes true: @n histories of
 * bad parts. @shape of the Gamma variable of each session; 0: Poisson. */
void coverage_print(unsigned long first, unsigned long n, double shape);
