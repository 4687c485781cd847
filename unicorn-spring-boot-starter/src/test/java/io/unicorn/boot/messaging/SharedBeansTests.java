package io.unicorn.boot.messaging;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.unicorn.boot.PoolEvent;
import io.unicorn.boot.PoolListener;
import io.unicorn.boot.PoolMessage;
import io.unicorn.boot.PoolMessaging;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.user.DefaultUserDestinationResolver;
import org.springframework.messaging.simp.user.SimpSession;
import org.springframework.messaging.simp.user.SimpUser;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import org.springframework.messaging.support.ExecutorSubscribableChannel;
import org.springframework.messaging.support.MessageBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Beans of two workers that share what happens in one of them.
 */
class SharedBeansTests {

	private static final long SECONDS = 20;

	@TempDir
	private Path directory = Path.of("");

	private final List<AnnotationConfigApplicationContext> workers = List.of(new AnnotationConfigApplicationContext(),
			new AnnotationConfigApplicationContext());

	private void start(Class<?>... beans) throws Exception {
		for (int index = 0; index < this.workers.size(); index++) {
			AnnotationConfigApplicationContext worker = this.workers.get(index);
			PoolMessaging messaging = PoolMessaging.join(this.directory, index + 1, () -> false);
			worker.registerBean(PoolMessaging.class, () -> messaging,
					(definition) -> definition.setDestroyMethodName("close"));
			worker.registerBean(PoolListenerProcessor.class, () -> new PoolListenerProcessor(
					worker.getDefaultListableBeanFactory().getBeanProvider(PoolMessaging.class)));
			worker.registerBean(PoolEventRelay.class,
					() -> new PoolEventRelay(messaging, worker, getClass().getClassLoader()));
			if (beans.length > 0) {
				worker.register(beans);
			}
		}
		this.workers.forEach(AnnotationConfigApplicationContext::refresh);
	}

	@AfterEach
	void close() {
		this.workers.forEach(AnnotationConfigApplicationContext::close);
	}

	static class Listeners {

		final BlockingQueue<String> got = new LinkedBlockingQueue<>();

		@PoolListener("text")
		void text(String text) {
			this.got.add("text " + text);
		}

		@PoolListener("bytes")
		String bytes(byte[] bytes) {
			this.got.add("bytes " + bytes.length);
			return "reply to " + bytes.length;
		}

		@PoolListener("message")
		public void message(PoolMessage message) {
			this.got.add("message of " + message.sender());
		}

		@PoolListener("nothing")
		void nothing() {
			this.got.add("nothing");
		}

		@EventListener
		void local(LocalEvent event) {
			this.got.add("local " + event.name());
		}

		@EventListener
		void shared(SharedEvent event) {
			this.got.add("shared " + event.name());
		}

	}

	static class WrongListener {

		@PoolListener("text")
		void text(Integer text) {
		}

	}

	record LocalEvent(String name) implements Serializable {

	}

	@PoolEvent
	record SharedEvent(String name) implements Serializable {

	}

	@PoolEvent
	record UnfitEvent(Object content) {

	}

	private String got(int worker) throws InterruptedException {
		return String.valueOf(this.workers.get(worker).getBean(Listeners.class).got.poll(SECONDS, TimeUnit.SECONDS));
	}

	@Test
	void annotatedMethodsReceive() throws Exception {
		start(Listeners.class);
		PoolMessaging first = this.workers.get(0).getBean(PoolMessaging.class);
		first.publish("text", "hello");
		assertThat(got(0)).isEqualTo("text hello");
		assertThat(got(1)).isEqualTo("text hello");
		first.publishToOthers("message", new byte[0]);
		assertThat(got(1)).isEqualTo("message of 1");
		first.publishToOthers("nothing", new byte[0]);
		assertThat(got(1)).isEqualTo("nothing");
		assertThat(first.request(2, "bytes", new byte[3], Duration.ofSeconds(SECONDS)).get())
			.asString(StandardCharsets.UTF_8)
			.isEqualTo("reply to 3");
	}

	@Test
	void aMethodThatCannotReceiveIsRefused() {
		assertThatThrownBy(() -> start(WrongListener.class)).isInstanceOf(BeanCreationException.class)
			.hasMessageContaining("must have one parameter of type PoolMessage, String or byte[]");
	}

	@Test
	void anEventForThePoolIsPublishedOnceInEachWorker() throws Exception {
		start(Listeners.class);
		this.workers.get(0).publishEvent(new LocalEvent("a"));
		this.workers.get(0).publishEvent(new SharedEvent("b"));
		assertThat(got(0)).isEqualTo("local a");
		assertThat(got(0)).isEqualTo("shared b");
		assertThat(got(1)).isEqualTo("shared b");
		this.workers.get(1).publishEvent(new SharedEvent("c"));
		assertThat(got(1)).isEqualTo("shared c");
		assertThat(got(0)).isEqualTo("shared c");
		this.workers.get(1).publishEvent(new SharedEvent("end"));
		assertThat(got(1)).isEqualTo("shared end");
		assertThat(got(0)).isEqualTo("shared end");
	}

	@Test
	void anEventThatCannotBeSentFailsWhereItIsPublished() throws Exception {
		start();
		assertThatThrownBy(() -> this.workers.get(0).publishEvent(new UnfitEvent("")))
			.hasMessageContaining("must implement java.io.Serializable");
	}

	/** The parts of a simple broker, with one subscriber. */
	private static final class Broker implements MessageHandler {

		final ExecutorSubscribableChannel inbound = new ExecutorSubscribableChannel();

		final ExecutorSubscribableChannel outbound = new ExecutorSubscribableChannel();

		final ExecutorSubscribableChannel channel = new ExecutorSubscribableChannel();

		final BlockingQueue<String> got = new LinkedBlockingQueue<>();

		final DefaultUserDestinationResolver users;

		Broker(PoolMessaging messaging, SimpUserRegistry registry) {
			this.users = new DefaultUserDestinationResolver(registry);
			SimpleBrokerMessageHandler handler = new SimpleBrokerMessageHandler(this.inbound, this.outbound,
					this.channel, List.of("/topic"));
			this.outbound.subscribe(this);
			handler.start();
			this.users.setUserDestinationPrefix("/user/");
			SharedBroker.share(messaging, handler, this.users, this.inbound, this.channel);
			send(SimpMessageType.CONNECT, "", "");
			send(SimpMessageType.SUBSCRIBE, "/topic/chat", "");
		}

		void send(SimpMessageType type, String destination, String payload) {
			SimpMessageHeaderAccessor headers = SimpMessageHeaderAccessor.create(type);
			headers.setSessionId("session");
			headers.setSubscriptionId("subscription");
			headers.setDestination(destination.isEmpty() ? null : destination);
			this.inbound.send(MessageBuilder.createMessage(payload.getBytes(StandardCharsets.UTF_8),
					headers.getMessageHeaders()));
		}

		@Override
		public void handleMessage(Message<?> message) {
			if (SimpMessageHeaderAccessor.getMessageType(message.getHeaders()) == SimpMessageType.MESSAGE) {
				this.got.add(SimpMessageHeaderAccessor.getDestination(message.getHeaders()) + " "
						+ new String((byte[]) message.getPayload(), StandardCharsets.UTF_8) + " "
						+ message.getHeaders().get("contentType"));
			}
		}

		String next() throws InterruptedException {
			return String.valueOf(this.got.poll(SECONDS, TimeUnit.SECONDS));
		}

	}

	@Test
	void aMessageToTheBrokerReachesSubscribersOfAllWorkersOnce() throws Exception {
		start();
		Broker first = new Broker(this.workers.get(0).getBean(PoolMessaging.class), mock());
		Broker second = new Broker(this.workers.get(1).getBean(PoolMessaging.class), mock());
		first.send(SimpMessageType.MESSAGE, "/topic/chat", "of a client");
		assertThat(first.next()).startsWith("/topic/chat of a client");
		assertThat(second.next()).startsWith("/topic/chat of a client");
		new SimpMessagingTemplate(second.channel).convertAndSend("/topic/chat",
				"of the application".getBytes(StandardCharsets.UTF_8));
		assertThat(second.next()).startsWith("/topic/chat of the application");
		assertThat(first.next()).startsWith("/topic/chat of the application");
		first.send(SimpMessageType.MESSAGE, "/app/chat", "for a controller");
		first.send(SimpMessageType.MESSAGE, "/topic/chat", "end");
		assertThat(first.next()).startsWith("/topic/chat end");
		assertThat(second.next()).startsWith("/topic/chat end");
	}

	@Test
	void aMessageToOneSessionOfAUserStaysInItsWorker() throws Exception {
		start();
		SimpUserRegistry registry = mock();
		SimpUser bob = mock();
		SimpSession session = mock();
		given(registry.getUser("bob")).willReturn(bob);
		given(bob.getSession("s1")).willReturn(session);
		given(bob.getSessions()).willReturn(Set.of(session));
		given(session.getId()).willReturn("s1");
		Broker first = new Broker(this.workers.get(0).getBean(PoolMessaging.class), registry);
		BlockingQueue<Integer> others = new LinkedBlockingQueue<>();
		this.workers.get(1).getBean(PoolMessaging.class).subscribe("unicorn.stomp", (message) -> {
			others.add(message.text().contains("/user/bob/queue/x") ? 1 : 2);
			return null;
		});
		SimpMessageHeaderAccessor one = SimpMessageHeaderAccessor.create(SimpMessageType.MESSAGE);
		one.setSessionId("s1");
		SimpMessagingTemplate template = new SimpMessagingTemplate(first.channel);
		byte[] payload = "hello".getBytes(StandardCharsets.UTF_8);
		template.convertAndSendToUser("bob", "/queue/x", payload, one.getMessageHeaders());
		template.convertAndSend("/topic/chat", payload);
		assertThat(others.poll(SECONDS, TimeUnit.SECONDS)).isEqualTo(2);
		template.convertAndSendToUser("bob", "/queue/x", payload);
		assertThat(others.poll(SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
	}

}
