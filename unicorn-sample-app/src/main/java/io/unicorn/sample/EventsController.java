package io.unicorn.sample;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import jakarta.annotation.PreDestroy;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Sends an endless stream of events, each with a number and the process id. A client that
 * reconnects gets the numbers after the last one that it received.
 */
@RestController
class EventsController {

	private final ProcessInfo process;

	private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);

	EventsController(ProcessInfo process) {
		this.process = process;
	}

	@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	SseEmitter events(@RequestParam(name = "ms", defaultValue = "1000") long ms,
			@RequestHeader(name = "Last-Event-ID", defaultValue = "0") long last) {
		SseEmitter emitter = new SseEmitter(0L);
		AtomicLong number = new AtomicLong(last);
		ScheduledFuture<?> ticking = this.clock.scheduleAtFixedRate(() -> tick(emitter, number.incrementAndGet()), 0,
				Limits.INTERVAL.check(ms), TimeUnit.MILLISECONDS);
		emitter.onCompletion(() -> ticking.cancel(false));
		return emitter;
	}

	private void tick(SseEmitter emitter, long number) {
		try {
			emitter.send(
					SseEmitter.event().id(Long.toString(number)).reconnectTime(100).data("pid " + this.process.pid()));
		}
		catch (IOException | IllegalStateException ex) {
			// The client has closed the connection; completion follows.
		}
	}

	@PreDestroy
	void stop() {
		this.clock.shutdownNow();
	}

}
