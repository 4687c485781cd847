package io.unicorn.sample.bench.load;

/**
 * The figures of a load.
 *
 * @param perSecond right answers in a second
 * @param p50 median latency in milliseconds
 * @param p99 latency in milliseconds that one request in a hundred exceeds
 * @param p999 the same for one in a thousand
 * @param requests how many requests were answered
 * @param errors how many requests failed or got a wrong answer
 */
public record LoadFigures(double perSecond, double p50, double p99, double p999, long requests, long errors) {

}
