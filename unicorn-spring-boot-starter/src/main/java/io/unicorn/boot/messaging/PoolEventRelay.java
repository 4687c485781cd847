package io.unicorn.boot.messaging;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;

import io.unicorn.boot.PoolEvent;
import io.unicorn.boot.PoolMessage;
import io.unicorn.boot.PoolMessaging;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.core.ConfigurableObjectInputStream;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Publishes the events that are marked by {@link PoolEvent} in all other workers, and
 * those of other workers in this one.
 */
public final class PoolEventRelay implements ApplicationListener<PayloadApplicationEvent<?>> {

	private static final Log logger = LogFactory.getLog(PoolEventRelay.class);

	private static final String TOPIC = "unicorn.event";

	private final PoolMessaging messaging;

	private final ApplicationEventPublisher publisher;

	private final ClassLoader classLoader;

	/**
	 * Create.
	 * @param publisher publishes the events of other workers
	 * @param classLoader finds their classes
	 */
	public PoolEventRelay(PoolMessaging messaging, ApplicationEventPublisher publisher, ClassLoader classLoader) {
		this.messaging = messaging;
		this.publisher = publisher;
		this.classLoader = classLoader;
		messaging.subscribe(TOPIC, (message) -> {
			receive(message);
			return null;
		});
	}

	@Override
	public void onApplicationEvent(PayloadApplicationEvent<?> event) {
		Object payload = event.getPayload();
		if (event.getSource() != this && !this.messaging.others().isEmpty()
				&& AnnotatedElementUtils.hasAnnotation(payload.getClass(), PoolEvent.class)) {
			this.messaging.publishToOthers(TOPIC, serialize(payload));
		}
	}

	private static byte[] serialize(Object payload) {
		if (!(payload instanceof Serializable)) {
			throw new IllegalStateException(
					"The @PoolEvent " + payload.getClass().getName() + " must implement java.io.Serializable");
		}
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeObject(payload);
		}
		catch (IOException ex) {
			throw new IllegalStateException(
					"The @PoolEvent " + payload.getClass().getName() + " cannot be serialized: " + ex.getMessage(), ex);
		}
		return bytes.toByteArray();
	}

	private void receive(PoolMessage message) {
		try (ConfigurableObjectInputStream in = new ConfigurableObjectInputStream(
				new ByteArrayInputStream(message.payload()), this.classLoader)) {
			this.publisher.publishEvent(new PayloadApplicationEvent<>(this, in.readObject()));
		}
		catch (IOException | ClassNotFoundException ex) {
			logger.warn("An event of worker " + message.sender()
					+ " is ignored, because this worker has another version of its class: " + ex.getMessage());
		}
	}

	@Override
	public boolean supportsAsyncExecution() {
		return false;
	}

}
