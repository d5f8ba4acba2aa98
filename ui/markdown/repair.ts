export function repairTail(tail: string, _context: string): string { return tail; }
