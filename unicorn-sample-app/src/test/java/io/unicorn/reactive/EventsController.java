package io.unicorn.reactive;

import java.time.Duration;

import reactor.core.publisher.Flux;

import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sends an endless stream of events, each with a number and the process id. A client that
 * reconnects gets the numbers after the last one that it received.
 */
@RestController
class EventsController {

	private static final Duration RETRY = Duration.ofMillis(100);

	private final String data = "pid " + ProcessHandle.current().pid();

	@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<ServerSentEvent<String>> events(@RequestParam(name = "ms", defaultValue = "1000") long ms,
			@RequestHeader(name = "Last-Event-ID", defaultValue = "0") long last) {
		return Flux.interval(Duration.ZERO, Duration.ofMillis(ms))
			.onBackpressureBuffer()
			.map((tick) -> event(last + tick + 1));
	}

	private ServerSentEvent<String> event(long number) {
		return ServerSentEvent.builder(this.data).id(Long.toString(number)).retry(RETRY).build();
	}

}
