import fc from 'fast-check';
import { DueHeap } from './due-heap';

it('gives everything out in the order of its time (property)', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), (times) => {
      const heap = new DueHeap<{ dueMs: number }>();
      for (const dueMs of times) heap.push({ dueMs });
      const out: number[] = [];
      for (let item = heap.pop(); item !== undefined; item = heap.pop()) out.push(item.dueMs);
      expect(out).toEqual([...times].sort((left, right) => left - right));
      expect(heap.size).toBe(0);
    }),
  );
});
