package io.unicorn.sample.messaging;

import java.util.Map;
import java.util.TreeMap;

import io.unicorn.boot.PoolListener;
import io.unicorn.boot.PoolMessage;
import io.unicorn.boot.PoolMessaging;
import io.unicorn.boot.PoolWorker;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Publishes numbers, and notes which numbers of which worker have arrived.
 */
@RestController
class MessagesController {

	private static final String TOPIC = "numbers";

	private final PoolMessaging messaging;

	private final ObjectProvider<PoolWorker> worker;

	/** Guarded by this object, so that the numbers are published in order. */
	private long published;

	/** The last number of each worker; guarded by itself. */
	private final Map<Long, Long> last = new TreeMap<>();

	/** How many were not the successor of the one before; guarded by the map. */
	private int gaps;

	MessagesController(PoolMessaging messaging, ObjectProvider<PoolWorker> worker) {
		this.messaging = messaging;
		this.worker = worker;
	}

	/** Returns the id of this worker and the last number that it has published. */
	@PostMapping("/numbers")
	synchronized String publish(@RequestParam int n) {
		for (int count = 0; count < n; count++) {
			this.messaging.publish(TOPIC, Long.toString(++this.published));
		}
		return this.worker.getObject().id() + " " + this.published;
	}

	@PoolListener(TOPIC)
	void received(PoolMessage message) {
		long number = Long.parseLong(message.text());
		synchronized (this.last) {
			Long before = this.last.put(message.sender(), number);
			if (before != null && before + 1 != number) {
				this.gaps++;
			}
		}
	}

	/** Returns the id of this worker, the gaps, and the last number of each worker. */
	@GetMapping("/numbers")
	String seen() {
		synchronized (this.last) {
			StringBuilder text = new StringBuilder(this.worker.getObject().id() + " " + this.gaps);
			this.last.forEach((id, number) -> text.append(' ').append(id).append('=').append(number));
			return text.toString();
		}
	}

}
